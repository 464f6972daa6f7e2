-- Create the role of the application and grant it what it needs, column by column.
--
-- why: the application worked as the owner of the tables, who may do anything; an injected statement must not
-- effect: none on data; a grant locks nothing that anybody notices
-- risk: medium
-- mitigation: the application goes on as the owner until a login role is granted todo_app (grant todo_app to web)
-- rollback: 1. checkpoint: no login role relies on it: select member::regrole from pg_auth_members
--              where roleid = 'todo_app'::regrole is empty
--           2. point the application at the owner again
--           3. roll back this file: the grants go, the role stays
-- phase: expand

-- roles belong to the cluster: another database, perhaps at this very moment, may create the same one
do $$
begin
    create role todo_app nologin;
exception
    when duplicate_object or unique_violation then
        raise notice 'role todo_app is there already';
end
$$;

do $$
begin
    if exists (select from pg_catalog.pg_roles where rolname = 'todo_app' and (rolsuper or rolbypassrls)) then
        raise exception 'role todo_app bypasses row-level security'
            using errcode = 'invalid_role_specification',
                  hint = 'alter role todo_app nosuperuser nobypassrls';
    end if;
end
$$;

grant usage on schema public to todo_app;

-- update names the columns that a person changes: not the key, not the owner, not what triggers keep
grant select, insert, delete on projects to todo_app;
grant update (name, description, color, archived_at) on projects to todo_app;

grant select, insert, delete on project_members to todo_app;
grant update (role) on project_members to todo_app;

grant select, insert, delete on tasks to todo_app;
grant update (project_id, parent_id, title, description, status, priority, due_at, deleted_at, tags, metadata)
    on tasks to todo_app;

grant select, insert, delete on task_assignments to todo_app;
grant update (status) on task_assignments to todo_app;

grant select, insert, delete on tags to todo_app;
grant update (name, color) on tags to todo_app;

grant select, insert, delete on task_tags to todo_app;

grant select, insert, delete on comments to todo_app;
grant update (body) on comments to todo_app;

grant select, insert, delete on attachments to todo_app;
grant update (file_name) on attachments to todo_app;

grant select, insert, delete on time_blocks to todo_app;
grant update (task_id, during, note, hourly_rate) on time_blocks to todo_app;

grant select, insert, delete on user_settings to todo_app;
grant update (timezone, locale, settings) on user_settings to todo_app;

grant select on audit_log to todo_app;
