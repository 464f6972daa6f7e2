-- Remember who wrote a task last.

create or replace function set_updated_by() returns trigger
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

create or replace trigger tasks_set_updated_by
    before insert or update on tasks
    for each row execute function set_updated_by();
