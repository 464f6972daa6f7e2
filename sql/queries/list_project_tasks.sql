-- What are the tasks of a project, in the order that people gave them?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: tasks_project_id_position_key
-- $1: project id
-- given: select p.id, p.user_id as "app.user_id" from tasks as t join projects as p on p.id = t.project_id
--   group by p.id order by count(*) desc, p.id offset 20 limit 1

select t.id, t.parent_id, t.title, t.status, t.priority, t.due_at, t.position, t.version
from tasks as t
where t.project_id = $1
  and t.deleted_at is null
order by t.position nulls last, t.created_at;
