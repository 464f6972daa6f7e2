-- Count the changes of a task, for optimistic locking.

create or replace function bump_version() returns trigger
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

create or replace trigger tasks_bump_version
    before update on tasks
    for each row execute function bump_version();
