-- Fill the time of completion of tasks that were done before it was kept, and validate the check.
--
-- why: the check of the step before holds for new rows only
-- effect: backfill of completed_at from updated_at, the best that is known, on tasks that are done; writers of tasks
--         wait until it is over (share row exclusive, by disable trigger), readers do not; validating scans the table
-- risk: high
-- mitigation: run it in a quiet hour; about 20,000 rows a second were measured on a small machine
-- rollback: 1. roll back this file: the check is not valid again
--           2. checkpoint: select convalidated from pg_constraint where conname = 'tasks_completed_at_check'
--           3. the times stay: they are true, and the step before drops the column
-- phase: migrate
-- depends: 20260309101500_add_task_lifecycle

-- remembering when a task was done is no change to the task: updated_at stays
alter table tasks disable trigger tasks_set_updated_at;

-- lint: ignore work-after-lock because writers would set updated_at while its trigger is off, and readers go on
-- lint: ignore many-rows-at-once because the tasks that were done fit in a quiet hour
update tasks
set completed_at = updated_at
where status = 'done'
  and completed_at is null;

alter table tasks enable trigger tasks_set_updated_at;

-- lint: ignore validate-in-same-transaction because readers go on, and writers wait for the backfill anyhow
alter table tasks validate constraint tasks_completed_at_check;
