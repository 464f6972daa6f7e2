-- transactional: false
drop index concurrently tasks_title_idx;
alter table tasks alter column title type varchar(200);
create index concurrently tasks_title_idx on tasks (lower(title));
