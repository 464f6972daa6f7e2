-- Which open tasks of a user are due by a time, the most urgent first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: tasks_user_id_due_at_idx
-- $1: user id
-- $2: time, such as the end of today
-- given: select user_id, user_id as "app.user_id", '2026-01-31 00:00Z' from tasks
--   group by user_id order by count(*) desc, user_id offset 20 limit 1

select t.id, t.project_id, t.title, t.priority, t.due_at
from tasks as t
where t.user_id = $1
  and t.due_at <= $2
  and t.deleted_at is null
  and t.status in ('todo', 'in_progress')
order by t.due_at, t.priority;
