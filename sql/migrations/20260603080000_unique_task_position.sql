-- Allow each position once in a project, deferrably, and drop the index that this replaces.
--
-- why: two tasks in one place jump about; a reordering swaps places, so the rule must be deferrable
-- effect: none on data; the index is built while readers and writers work; an access exclusive lock on tasks for an
--         instant to make it a constraint. Fails when a position is taken twice, and leaves an invalid index to drop
-- risk: medium
-- mitigation: ask first: select project_id, position from tasks where position is not null
--             group by 1, 2 having count(*) > 1
-- rollback: 1. roll back this file: the old index is built, then the constraint dropped
--           2. checkpoint: \d tasks shows tasks_project_id_idx
-- phase: contract
-- transactional: false
-- depends: 20260602090000_number_tasks

create unique index concurrently tasks_project_id_position_key on tasks (project_id, position);

alter table tasks
    add constraint tasks_project_id_position_key unique using index tasks_project_id_position_key
    deferrable initially immediate;

comment on index tasks_project_id_position_key is
    'A place in a project is taken once; the tasks of a project in their order (list_project_tasks); also serves '
    'the foreign key to projects.';

-- a prefix of the new one
drop index concurrently tasks_project_id_idx;
