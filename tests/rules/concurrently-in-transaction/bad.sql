create index concurrently tasks_title_idx on tasks (title);
