-- What are the parts of a task?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: tasks_parent_id_idx
-- $1: task id
-- given: select t.id, t.user_id as "app.user_id" from tasks as x join tasks as t on t.id = x.parent_id
--   group by t.id order by count(*) desc, t.id offset 20 limit 1

select t.id, t.title, t.status, t.due_at, t.completed_at
from tasks as t
where t.parent_id = $1
  and t.deleted_at is null
order by t.created_at;
