-- Leave generated words and changes of nothing out of the audit log.
--
-- why: half of the log was search_vector, and a tenth were updates that changed nothing but the time
-- effect: none on existing entries; new ones are smaller; replacing a function locks no table
-- risk: low
-- phase: expand
-- depends: 20260505090000_audit_sensitive_tables 20260519090000_enable_row_level_security

create or replace function write_audit_log() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- what triggers and the server keep by themselves is no news
    kept constant text[] := array['updated_at', 'updated_by', 'version'];
    old_row jsonb;
    new_row jsonb;
    row_key text;
begin
    if tg_op <> 'INSERT' then
        old_row := to_jsonb(old) - 'search_vector';
    end if;
    if tg_op <> 'DELETE' then
        new_row := to_jsonb(new) - 'search_vector';
    end if;
    if tg_op = 'UPDATE' and old_row - kept = new_row - kept then
        return null;
    end if;

    select string_agg(coalesce(new_row, old_row) ->> key.name, '/' order by key.position)
    into row_key
    from unnest(tg_argv) with ordinality as key (name, position);

    insert into public.audit_log (actor_id, action, table_name, row_key, old_row, new_row)
    values (
        public.app_user_id(),
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
    'Trigger: writes the change of a row into audit_log, unless nothing but bookkeeping changed; its arguments '
    'are the columns of the primary key.';
