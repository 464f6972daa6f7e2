-- Expand: create task_assignments, and copy each new tasks.assignee_id into it.
--
-- why: a task is done by several people; the single column cannot say so, nor who accepted
-- effect: none on existing data; the trigger takes an instant share row exclusive lock on tasks
-- risk: low
-- phase: expand
-- depends: 20260112090000_create_tasks

create type assignment_status as enum ('pending', 'accepted', 'declined');

comment on type assignment_status is 'What the assignee answered: pending until then, accepted or declined.';

create table task_assignments (
    task_id uuid not null,
    user_id uuid not null,
    assigned_by uuid,
    status assignment_status not null default 'pending',
    assigned_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint task_assignments_pkey primary key (task_id, user_id),
    constraint task_assignments_task_id_fkey foreign key (task_id) references tasks (id) on delete cascade,
    constraint task_assignments_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint task_assignments_assigned_by_fkey foreign key (assigned_by) references users (id) on delete set null
);

create index task_assignments_user_id_status_idx on task_assignments (user_id, status);

create index task_assignments_assigned_by_idx on task_assignments (assigned_by);

create trigger task_assignments_set_updated_at
    before update on task_assignments
    for each row execute function set_updated_at();

comment on table task_assignments is 'Who is to do a task, and what each of them answered.';
comment on column task_assignments.task_id is
    'The task (tasks.id). On delete cascade: the assignments go with the task.';
comment on column task_assignments.user_id is
    'The assignee (users.id). On delete cascade: the assignments of a deleted user go with the account, the task '
    'stays.';
comment on column task_assignments.assigned_by is
    'Who assigned it (users.id); null when a migration did or the account is gone. On delete set null: the '
    'assignment stays.';
comment on column task_assignments.status is 'What the assignee answered.';
comment on column task_assignments.assigned_at is 'When the task was assigned.';
comment on column task_assignments.updated_at is
    'When the answer last changed; kept by the trigger task_assignments_set_updated_at.';
comment on index task_assignments_pkey is 'One assignment; the assignees of a task.';
comment on index task_assignments_user_id_status_idx is
    'What a user is to do and has not answered yet (list_assignments); also serves the foreign key from user_id '
    'to users.';
comment on index task_assignments_assigned_by_idx is 'Serves the foreign key from assigned_by to users.';

-- old application servers still write the column while new ones read the table
create function sync_task_assignee() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and old.assignee_id is distinct from new.assignee_id then
        delete from public.task_assignments where task_id = new.id and user_id = old.assignee_id;
    end if;
    if new.assignee_id is not null then
        insert into public.task_assignments (task_id, user_id)
        values (new.id, new.assignee_id)
        on conflict do nothing;
    end if;
    return null;
end
$$;

revoke execute on function sync_task_assignee() from public;

comment on function sync_task_assignee() is
    'Trigger: copies tasks.assignee_id into task_assignments until the column is dropped.';

create trigger tasks_sync_assignee
    after insert or update of assignee_id on tasks
    for each row execute function sync_task_assignee();
