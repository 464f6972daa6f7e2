-- transactional: false
alter table tasks add constraint tasks_title_check check (title is not null) not valid;
alter table tasks validate constraint tasks_title_check;
