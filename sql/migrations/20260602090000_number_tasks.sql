-- Give the tasks of each project their positions, in the order in which they were made.
--
-- why: a list in which only new tasks have a place cannot be sorted
-- effect: backfill of position on every live task in a project; writers of tasks wait until it is over, and readers
--         too, because lifting the force is an access exclusive lock
-- risk: high
-- mitigation: measure on a branch; announce a pause, or number project by project from a script first: the file skips
--             tasks that have a place
-- rollback: 1. nothing to do: positions do no harm, and the step before drops the column
--           2. checkpoint: select count(*) from tasks where project_id is not null
--              and deleted_at is null and position is null
-- phase: migrate
-- depends: 20260601090000_add_task_position

-- an owner who is neither superuser nor bypassrls would see no row, and the update would quietly do nothing
alter table tasks no force row level security;

-- nobody edited these tasks: no new version, no updated_at, no audit
alter table tasks disable trigger user;

-- lint: ignore work-after-lock because the pause is announced
-- lint: ignore many-rows-at-once because a list half numbered sorts worse than one that waits
update tasks as t
set position = numbered.position
from (
    select
        u.id,
        coalesce(max(u.position) over project, 0)
            + row_number() over (partition by u.project_id, u.position is null order by u.created_at, u.id) as position
    from tasks as u
    where u.project_id is not null
      and u.deleted_at is null
    window project as (partition by u.project_id)
) as numbered
where numbered.id = t.id
  and t.position is null;

alter table tasks enable trigger user;

alter table tasks force row level security;
