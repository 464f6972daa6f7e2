-- Let projects be archived, and make the names of an owner's live projects unique.
--
-- why: two live projects of the same name are always a mistake; an archived one may keep its name
-- effect: no project is archived; an access exclusive lock on projects while the unique index is built (the table is
--         small); fails when an owner has two projects of one name
-- risk: medium
-- mitigation: ask first: select user_id, lower(name) from projects group by 1, 2 having count(*) > 1,
--             and let the owners rename
-- rollback: 1. checkpoint: select count(*) from projects where archived_at is not null: these
--              come back into the lists
--           2. roll back this file
-- phase: expand
-- depends: 20260107101500_create_projects

alter table projects add column archived_at timestamptz;

-- lint: ignore create-index because projects is small, and the name must be unique when this is released
create unique index projects_user_id_lower_idx on projects (user_id, lower(name))
    where archived_at is null;

comment on column projects.archived_at is 'When the owner put the project away; null while it is live.';
comment on index projects_user_id_lower_idx is
    'One live project of a name for each owner, whatever the case (find_project).';
