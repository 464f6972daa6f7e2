alter table tasks add constraint tasks_title_check check (title is not null);
