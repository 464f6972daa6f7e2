-- Add soft delete and the time of completion to tasks, with the trigger that keeps the latter true.
--
-- why: a task thrown away by mistake must come back; reports need to know when work was done
-- effect: none on existing data: two nullable columns and a check that is not yet validated; an access exclusive
--         lock on tasks for an instant (no rewrite, no scan)
-- risk: low
-- phase: expand
-- depends: 20260302090000_drop_task_assignee

create function normalize_task() returns trigger
language plpgsql
as $$
begin
    -- a task is done at a time, and only a task that is done; reopening forgets the time
    if new.status <> 'done' then
        new.completed_at := null;
    elsif new.completed_at is null then
        new.completed_at := now();
    end if;
    return new;
end
$$;

revoke execute on function normalize_task() from public;

comment on function normalize_task() is 'Trigger: keeps tasks.completed_at true to tasks.status.';

alter table tasks
    add column deleted_at timestamptz,
    add column completed_at timestamptz,
    add constraint tasks_completed_at_check check ((status = 'done') = (completed_at is not null)) not valid;

create trigger tasks_normalize
    before insert or update on tasks
    for each row execute function normalize_task();

comment on column tasks.deleted_at is
    'When the task was thrown away; null while it is in use. It can be restored until the trash is emptied.';
comment on column tasks.completed_at is
    'When the task was done; null unless status is done. Kept by the trigger tasks_normalize.';
