-- Write every update into the audit log again, with the generated words.

create or replace function write_audit_log() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    old_row jsonb;
    new_row jsonb;
    row_key text;
begin
    if tg_op <> 'INSERT' then
        old_row := to_jsonb(old);
    end if;
    if tg_op <> 'DELETE' then
        new_row := to_jsonb(new);
    end if;

    select string_agg(coalesce(new_row, old_row) ->> key.name, '/' order by key.position)
    into row_key
    from unnest(tg_argv) with ordinality as key (name, position);

    insert into public.audit_log (actor_id, action, table_name, row_key, old_row, new_row)
    values (
        nullif(current_setting('app.user_id', true), '')::uuid,
        lower(tg_op)::public.audit_action,
        tg_table_name,
        row_key,
        old_row,
        new_row
    );
    return null;
end
$$;

comment on function write_audit_log() is
    'Trigger: writes the change of a row into audit_log; its arguments are the columns of the primary key.';
