alter table tasks
  drop constraint tasks_title_check,
  alter column title type varchar(200),
  add constraint tasks_title_check check (title <> '') not valid;
