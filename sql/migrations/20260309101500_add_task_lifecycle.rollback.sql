-- Drop soft delete and the time of completion: tasks in the trash come back into the lists.

drop trigger tasks_normalize on tasks;

alter table tasks
    drop constraint tasks_completed_at_check,
    drop column completed_at,
    drop column deleted_at;

drop function normalize_task();
