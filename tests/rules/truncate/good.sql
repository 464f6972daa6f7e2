create table done_tasks (like tasks including all);
insert into done_tasks select * from tasks where done;
