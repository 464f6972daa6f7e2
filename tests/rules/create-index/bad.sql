create index tasks_title_idx on tasks (title);
