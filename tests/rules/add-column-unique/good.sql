-- transactional: false
alter table tasks add column code text;
create unique index concurrently tasks_code_key on tasks (code);
alter table tasks add constraint tasks_code_key unique using index tasks_code_key;
