-- transactional: false
drop index concurrently tasks_title_idx;
create index concurrently tasks_title_idx on tasks (title);
