-- Drop the version and the last editor of tasks.

drop trigger tasks_set_updated_by on tasks;

drop trigger tasks_bump_version on tasks;

alter table tasks
    drop column updated_by,
    drop column version;

drop function set_updated_by();

drop function bump_version();
