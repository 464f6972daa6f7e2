-- What was said about a task, oldest first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: comments_task_id_created_at_idx
-- $1: task id

select c.id, c.user_id, c.body, c.created_at, c.updated_at
from comments as c
where c.task_id = $1
order by c.created_at;
