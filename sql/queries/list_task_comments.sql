-- What was said about a task, oldest first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: comments_task_id_created_at_idx
-- $1: task id
-- given: select t.id, t.user_id as "app.user_id" from comments as x join tasks as t on t.id = x.task_id
--   group by t.id order by count(*) desc, t.id offset 20 limit 1

select c.id, c.user_id, c.body, c.created_at, c.updated_at
from comments as c
where c.task_id = $1
order by c.created_at;
