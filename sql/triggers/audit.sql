-- Write every change to what people share into the audit log.
--
-- Security definer: the application may not write the log itself.

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

revoke execute on function write_audit_log() from public;

comment on function write_audit_log() is
    'Trigger: writes the change of a row into audit_log, unless nothing but bookkeeping changed; its arguments '
    'are the columns of the primary key.';

create or replace trigger projects_write_audit_log
    after insert or update or delete on projects
    for each row execute function write_audit_log('id');

create or replace trigger project_members_write_audit_log
    after insert or update or delete on project_members
    for each row execute function write_audit_log('project_id', 'user_id');

create or replace trigger tasks_write_audit_log
    after insert or update or delete on tasks
    for each row execute function write_audit_log('id');

create or replace trigger task_assignments_write_audit_log
    after insert or update or delete on task_assignments
    for each row execute function write_audit_log('task_id', 'user_id');

create or replace trigger attachments_write_audit_log
    after insert or update or delete on attachments
    for each row execute function write_audit_log('id');
