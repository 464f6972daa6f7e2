-- Drop task_assignments and what filled it; tasks.assignee_id still holds every single assignee.

drop trigger tasks_sync_assignee on tasks;

drop function sync_task_assignee();

drop table task_assignments;

drop type assignment_status;
