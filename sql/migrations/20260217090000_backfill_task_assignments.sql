-- Migrate: copy the assignees of the tasks that existed before task_assignments.
--
-- why: the trigger of the expand step sees only rows that change
-- effect: backfill of one row for each task with an assignee; tasks is read, and no lock hinders anybody
-- risk: low
-- phase: migrate
-- depends: 20260216090000_expand_task_assignments

insert into task_assignments (task_id, user_id, status, assigned_at, updated_at)
select t.id, t.assignee_id, 'accepted', t.updated_at, t.updated_at
from tasks as t
where t.assignee_id is not null
on conflict do nothing;
