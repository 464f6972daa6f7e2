-- Drop tasks and the type of their status.

drop table tasks;

drop type task_status;
