-- What has a user thrown away, last first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: tasks_user_id_deleted_at_idx
-- $1: user id

select t.id, t.title, t.deleted_at
from tasks as t
where t.user_id = $1
  and t.deleted_at is not null
order by t.deleted_at desc;
