-- transactional: false
create unique index concurrently tasks_id_title_key on tasks (id, title);
