-- Which tasks was a user asked to do, and has not answered?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: task_assignments_user_id_status_idx
-- $1: user id
-- given: select user_id, user_id as "app.user_id" from task_assignments
--   group by user_id order by count(*) desc, user_id offset 20 limit 1

select a.task_id, a.assigned_by, a.assigned_at
from task_assignments as a
where a.user_id = $1
  and a.status = 'pending'
order by a.assigned_at;
