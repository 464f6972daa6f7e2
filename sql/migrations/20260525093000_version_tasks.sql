-- Count the versions of a task and remember who changed it last, both by trigger.
--
-- why: two editors of one task overwrite each other; with a version the second one is told
-- effect: each task starts at version 1, its last editor unknown; an access exclusive lock on tasks and a share row
--         exclusive one on users for an instant, then the index is built under the former
-- risk: high
-- mitigation: run it in a quiet hour, with a short lock_timeout
-- rollback: 1. release an application that does not compare versions
--           2. roll back this file: both columns go
--           3. checkpoint: \d tasks shows neither version nor updated_by
-- phase: expand
-- depends: 20260519090000_enable_row_level_security

create function bump_version() returns trigger
language plpgsql
as $$
begin
    -- whatever the client sent: it compares the version in its where clause and never writes it
    new.version := old.version + 1;
    return new;
end
$$;

revoke execute on function bump_version() from public;

comment on function bump_version() is 'Trigger: adds one to version on each update, for optimistic locking.';

create function set_updated_by() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- the foreign key's on delete set null comes as an update; to fill it in again would leave a dangling key
    if tg_op = 'UPDATE' and old.updated_by is not null and new.updated_by is null then
        return new;
    end if;
    new.updated_by := public.app_user_id();
    return new;
end
$$;

revoke execute on function set_updated_by() from public;

comment on function set_updated_by() is 'Trigger: sets updated_by to the current user, or to null in maintenance.';

-- lint: ignore add-check because the check reads a table that a quiet hour has time for
alter table tasks
    add column version integer not null default 1,
    add column updated_by uuid,
    add constraint tasks_version_check check (version > 0),
    add constraint tasks_updated_by_fkey foreign key (updated_by) references users (id) on delete set null;

-- lint: ignore create-index because the lock of the statement before is held until the end anyhow
create index tasks_updated_by_idx on tasks (updated_by);

create trigger tasks_bump_version
    before update on tasks
    for each row execute function bump_version();

create trigger tasks_set_updated_by
    before insert or update on tasks
    for each row execute function set_updated_by();

comment on column tasks.version is
    'Counts the changes, from 1; kept by the trigger tasks_bump_version, compared by clients.';
comment on column tasks.updated_by is
    'Who wrote the row last (users.id), kept by the trigger tasks_set_updated_by; null after maintenance. On '
    'delete set null: the task stays. Who made it is user_id.';
comment on index tasks_updated_by_idx is 'Serves the foreign key from updated_by to users.';
