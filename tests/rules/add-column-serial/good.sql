create sequence tasks_number_seq;
alter table tasks add column number bigint;
alter table tasks alter column number set default nextval('tasks_number_seq');
