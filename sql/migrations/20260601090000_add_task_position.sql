-- Add the position of a task in its project, and free it when the task goes to the trash.
--
-- why: people drag tasks into an order and want to find them there again
-- effect: none on existing data: a nullable column; an access exclusive lock on tasks for an instant, and a scan of it
--         for the check
-- risk: low
-- phase: expand
-- depends: 20260309101500_add_task_lifecycle 20260518090000_create_todo_app_role

-- lint: ignore add-check because tasks is read in less than a second, and the header says so
alter table tasks
    add column position integer,
    add constraint tasks_position_check check (position > 0);

comment on column tasks.position is
    'Place in the project, from 1; null when the task was not placed, has no project or is in the trash.';

grant update (position) on tasks to todo_app;

create or replace function normalize_task() returns trigger
language plpgsql
as $$
begin
    -- a task is done at a time, and only a task that is done; reopening forgets the time
    if new.status <> 'done' then
        new.completed_at := null;
    elsif new.completed_at is null then
        new.completed_at := now();
    end if;
    -- the place of a task in the trash is free for another
    if new.deleted_at is not null then
        new.position := null;
    end if;
    return new;
end
$$;

comment on function normalize_task() is
    'Trigger: keeps tasks.completed_at true to tasks.status, and takes the position from a task in the trash.';
