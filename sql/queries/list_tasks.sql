-- What are a user's tasks, newest first, page by page?
-- who: the application, as todo_app; row-level security adds its own condition
-- note: the row comparison starts each page where the last one ended, however far that is; offset reads what it skips
-- index: tasks_user_id_created_at_id_idx
-- $1: user id
-- $2: created_at of the last row of the page before; 'infinity' for the first page
-- $3: id of that row; 'ffffffff-ffff-ffff-ffff-ffffffffffff' for the first page
-- $4: rows of a page
-- given: select user_id, user_id as "app.user_id", 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 50 from tasks
--   group by user_id order by count(*) desc, user_id offset 20 limit 1

select t.id, t.project_id, t.title, t.status, t.priority, t.due_at, t.version, t.created_at
from tasks as t
where t.user_id = $1
  and (t.created_at, t.id) < ($2, $3)
  and t.deleted_at is null
order by t.created_at desc, t.id desc
limit $4;
