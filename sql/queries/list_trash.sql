-- What has a user thrown away, last first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: tasks_user_id_deleted_at_idx
-- $1: user id
-- given: select user_id, user_id as "app.user_id" from tasks
--   group by user_id order by count(*) desc, user_id offset 20 limit 1

select t.id, t.title, t.deleted_at
from tasks as t
where t.user_id = $1
  and t.deleted_at is not null
order by t.deleted_at desc;
