-- Show each user their own rows, and members those of their projects: row-level security on every table of ours.
--
-- why: one forgotten condition in one query shows a user the data of another
-- effect: none on data; roles without a policy, the owner of the tables among them, see no rows unless they are
--         superuser or bypassrls; instant access exclusive locks on all our tables
-- risk: high
-- mitigation: release first the application that sets app.user_id in every transaction; compare the counts of each list
--             on a branch, as the owner before and as todo_app after. A backfill in a later migration sees no row
--             unless it lifts the force for its own transaction: alter table t no force row level security, and back
-- rollback: 1. roll back this file: every role sees what its grants allow
--           2. checkpoint: select count(*) from pg_policies is 0
--           3. no data has changed
-- phase: contract
-- depends: 20260518090000_create_todo_app_role 20260505090000_audit_sensitive_tables

-- Policies ask (select app_user_id()) and not app_user_id(): a subquery is an initplan, answered once for a statement.
-- After a transaction that set it locally, the setting is '' and not null: hence nullif.
create function app_user_id() returns uuid
language sql
stable
parallel safe
as $$
    select nullif(pg_catalog.current_setting('app.user_id', true), '')::uuid
$$;

comment on function app_user_id() is
    'The user in whose name this transaction works, from the setting app.user_id; null when there is none.';

-- Security definer, because a policy on projects that reads project_members, whose policy reads projects, never ends.
-- An owner who is no superuser is bound by the policies too (force); the two policies "to public" below are all that
-- this function needs, and neither calls it.
create function app_project_ids(weakest member_role) returns uuid[]
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select p.id
        from public.projects as p
        where p.user_id = public.app_user_id()
        union
        select m.project_id
        from public.project_members as m
        where m.user_id = public.app_user_id()
          and m.role <= weakest
    )
$$;

revoke execute on function app_project_ids(member_role) from public;
grant execute on function app_project_ids(member_role) to todo_app;

comment on function app_project_ids(member_role) is
    'The projects that the current user owns, or is a member of in this role or a stronger one.';

alter table projects enable row level security, force row level security;
alter table project_members enable row level security, force row level security;
alter table tasks enable row level security, force row level security;
alter table task_assignments enable row level security, force row level security;
alter table tags enable row level security, force row level security;
alter table task_tags enable row level security, force row level security;
alter table comments enable row level security, force row level security;
alter table attachments enable row level security, force row level security;
alter table time_blocks enable row level security, force row level security;
alter table user_settings enable row level security, force row level security;
alter table audit_log enable row level security, force row level security;

-- projects: the owner does everything, members read, members who own change
create policy projects_select_own on projects for select to public
    using (user_id = (select app_user_id()));

create policy projects_select_shared on projects for select to todo_app
    using (id = any ((select app_project_ids('viewer'))::uuid[]));

create policy projects_insert on projects for insert to todo_app
    with check (user_id = (select app_user_id()));

create policy projects_update on projects for update to todo_app
    using (id = any ((select app_project_ids('owner'))::uuid[]))
    with check (id = any ((select app_project_ids('owner'))::uuid[]));

create policy projects_delete on projects for delete to todo_app
    using (user_id = (select app_user_id()));

-- project_members: members see each other, owners decide, everybody may leave
create policy project_members_select_own on project_members for select to public
    using (user_id = (select app_user_id()));

create policy project_members_select_shared on project_members for select to todo_app
    using (project_id = any ((select app_project_ids('viewer'))::uuid[]));

create policy project_members_insert on project_members for insert to todo_app
    with check (project_id = any ((select app_project_ids('owner'))::uuid[]));

create policy project_members_update on project_members for update to todo_app
    using (project_id = any ((select app_project_ids('owner'))::uuid[]))
    with check (project_id = any ((select app_project_ids('owner'))::uuid[]));

create policy project_members_delete on project_members for delete to todo_app
    using (user_id = (select app_user_id()) or project_id = any ((select app_project_ids('owner'))::uuid[]));

-- tasks: one's own, and in a project what the role allows; who loses the role may still take an own task out of it
create policy tasks_select on tasks for select to todo_app
    using (user_id = (select app_user_id()) or project_id = any ((select app_project_ids('viewer'))::uuid[]));

create policy tasks_insert on tasks for insert to todo_app
    with check (
        user_id = (select app_user_id())
        and (project_id is null or project_id = any ((select app_project_ids('editor'))::uuid[]))
    );

create policy tasks_update on tasks for update to todo_app
    using (user_id = (select app_user_id()) or project_id = any ((select app_project_ids('editor'))::uuid[]))
    with check (
        (project_id is null and user_id = (select app_user_id()))
        or project_id = any ((select app_project_ids('editor'))::uuid[])
    );

create policy tasks_delete on tasks for delete to todo_app
    using (user_id = (select app_user_id()) or project_id = any ((select app_project_ids('editor'))::uuid[]));

-- what hangs on a task asks for the task: the subquery obeys the policies of tasks
create policy task_assignments_select on task_assignments for select to todo_app
    using (user_id = (select app_user_id()) or exists (select from tasks as t where t.id = task_id));

create policy task_assignments_insert on task_assignments for insert to todo_app
    with check (
        assigned_by = (select app_user_id())
        and exists (
            select
            from tasks as t
            where t.id = task_id
              and (
                  t.user_id = (select app_user_id())
                  or t.project_id = any ((select app_project_ids('editor'))::uuid[])
              )
        )
    );

create policy task_assignments_update on task_assignments for update to todo_app
    using (user_id = (select app_user_id()))
    with check (user_id = (select app_user_id()));

create policy task_assignments_delete on task_assignments for delete to todo_app
    using (
        user_id = (select app_user_id())
        or exists (
            select
            from tasks as t
            where t.id = task_id
              and (
                  t.user_id = (select app_user_id())
                  or t.project_id = any ((select app_project_ids('editor'))::uuid[])
              )
        )
    );

create policy tags_own on tags for all to todo_app
    using (user_id = (select app_user_id()))
    with check (user_id = (select app_user_id()));

create policy task_tags_own on task_tags for all to todo_app
    using (
        exists (select from tags as g where g.id = tag_id)
        and exists (select from tasks as t where t.id = task_id)
    )
    with check (
        exists (select from tags as g where g.id = tag_id)
        and exists (select from tasks as t where t.id = task_id)
    );

create policy comments_select on comments for select to todo_app
    using (
        user_id = (select app_user_id())
        or project_id = any ((select app_project_ids('viewer'))::uuid[])
        or exists (select from tasks as t where t.id = task_id)
    );

create policy comments_insert on comments for insert to todo_app
    with check (
        user_id = (select app_user_id())
        and (
            project_id = any ((select app_project_ids('editor'))::uuid[])
            or exists (
                select
                from tasks as t
                where t.id = task_id
                  and (
                      t.user_id = (select app_user_id())
                      or t.project_id = any ((select app_project_ids('editor'))::uuid[])
                  )
            )
        )
    );

create policy comments_update on comments for update to todo_app
    using (user_id = (select app_user_id()))
    with check (user_id = (select app_user_id()));

create policy comments_delete on comments for delete to todo_app
    using (user_id = (select app_user_id()));

create policy attachments_select on attachments for select to todo_app
    using (
        user_id = (select app_user_id())
        or project_id = any ((select app_project_ids('viewer'))::uuid[])
        or exists (select from tasks as t where t.id = task_id)
        or exists (select from comments as c where c.id = comment_id)
    );

create policy attachments_insert on attachments for insert to todo_app
    with check (
        user_id = (select app_user_id())
        and (
            project_id = any ((select app_project_ids('editor'))::uuid[])
            or exists (
                select
                from tasks as t
                where t.id = task_id
                  and (
                      t.user_id = (select app_user_id())
                      or t.project_id = any ((select app_project_ids('editor'))::uuid[])
                  )
            )
            or exists (select from comments as c where c.id = comment_id and c.user_id = (select app_user_id()))
        )
    );

create policy attachments_update on attachments for update to todo_app
    using (user_id = (select app_user_id()))
    with check (user_id = (select app_user_id()));

create policy attachments_delete on attachments for delete to todo_app
    using (user_id = (select app_user_id()));

create policy time_blocks_own on time_blocks for all to todo_app
    using (user_id = (select app_user_id()))
    with check (user_id = (select app_user_id()));

create policy user_settings_own on user_settings for all to todo_app
    using (user_id = (select app_user_id()))
    with check (user_id = (select app_user_id()));

create policy audit_log_select on audit_log for select to todo_app
    using (actor_id = (select app_user_id()));

-- for write_audit_log, which inserts as the owner; nobody else has the privilege
create policy audit_log_insert on audit_log for insert to public
    with check (actor_id is not distinct from (select app_user_id()));
