alter table tasks add constraint tasks_priority_not_null check (priority is not null) not valid;
