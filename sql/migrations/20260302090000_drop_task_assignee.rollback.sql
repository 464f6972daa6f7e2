-- Bring tasks.assignee_id back, with the first assignee of each task and the trigger that copies it.

alter table tasks
    add column assignee_id uuid,
    add constraint tasks_assignee_id_fkey foreign key (assignee_id) references users (id) on delete set null;

comment on column tasks.assignee_id is
    'Who does it (users.id); null when nobody is named. On delete set null: the task stays, without an assignee.';

-- the rows get back what they had: that is no change for updated_at
alter table tasks disable trigger tasks_set_updated_at;

update tasks as t
set assignee_id = a.user_id
from (
    select distinct on (task_id) task_id, user_id
    from task_assignments
    order by task_id, assigned_at, user_id
) as a
where a.task_id = t.id;

alter table tasks enable trigger tasks_set_updated_at;

create index tasks_assignee_id_idx on tasks (assignee_id);

comment on index tasks_assignee_id_idx is 'The tasks that somebody is to do; also serves the foreign key to users.';

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
