-- transactional: false
create index concurrently if not exists tasks_title_idx on tasks (title);
