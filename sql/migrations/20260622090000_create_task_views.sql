-- Create the view of open tasks and the view of the progress of projects.
--
-- why: five queries repeated the same condition, one of them wrongly
-- effect: none on data; a view locks what it reads for an instant, against nobody
-- risk: low
-- phase: expand
-- depends: 20260601090000_add_task_position 20260518090000_create_todo_app_role

-- security_invoker: row-level security asks who reads the view, not who owns it
create view active_tasks with (security_invoker = true) as
select
    t.id,
    t.user_id,
    t.project_id,
    t.parent_id,
    t.title,
    t.status,
    t.priority,
    t.due_at,
    t.tags,
    t.position,
    t.version,
    t.created_at,
    t.updated_at
from tasks as t
where t.deleted_at is null
  and t.status in ('todo', 'in_progress');

comment on view active_tasks is 'Tasks that are still to be done: open, and not in the trash.';

create view project_progress with (security_invoker = true) as
select
    p.id as project_id,
    p.user_id,
    p.name,
    count(t.id) as tasks,
    count(t.id) filter (where t.status = 'done') as done,
    count(t.id) filter (where t.status in ('todo', 'in_progress')) as open,
    min(t.due_at) filter (where t.status in ('todo', 'in_progress')) as next_due_at
from projects as p
left join tasks as t on t.project_id = p.id and t.deleted_at is null
where p.archived_at is null
group by p.id;

comment on view project_progress is
    'How far each live project is: tasks outside the trash by status, and the next due time.';

grant select on active_tasks, project_progress to todo_app;
