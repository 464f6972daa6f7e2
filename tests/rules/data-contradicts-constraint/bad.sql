-- transactional: false
create unique index concurrently tasks_title_key on tasks (title);
