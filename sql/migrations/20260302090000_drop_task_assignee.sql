-- Contract: drop tasks.assignee_id, which task_assignments has replaced.
--
-- why: no application server reads or writes the column since release 2026.8; two places for one fact will disagree
-- effect: the column and its values are gone; an access exclusive lock on tasks and, because a foreign key is dropped,
--         on users, for an instant (no rewrite)
-- risk: high
-- mitigation: look at pg_stat_statements for assignee_id first; the file refuses to run while the copy is incomplete;
--             a short lock_timeout, because waiting for the lock holds up sign-ups too
-- rollback: 1. roll back this file: the column comes back, filled with the first assignee of each task
--           2. checkpoint: select count(*) from tasks where assignee_id is not null
--           3. task_assignments keeps every row, so rolling forward again loses nothing
-- phase: contract
-- depends: 20260217090000_backfill_task_assignments

-- keeps writers away between the question and the drop
lock table tasks in access exclusive mode;

-- lint: ignore work-after-lock because the question must see what nobody can change before the drop
do $$
begin
    if exists (
        select
        from tasks as t
        where t.assignee_id is not null
          and not exists (select from task_assignments as a where a.task_id = t.id and a.user_id = t.assignee_id)
    ) then
        raise exception 'some tasks.assignee_id are not in task_assignments'
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'run 20260217090000_backfill_task_assignments.sql again, then this file';
    end if;
end
$$;

drop trigger tasks_sync_assignee on tasks;

drop function sync_task_assignee();

alter table tasks drop column assignee_id;
