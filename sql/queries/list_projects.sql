-- What are a user's live projects, newest first, page by page?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: projects_user_id_created_at_id_idx
-- $1: user id
-- $2: created_at of the last row of the page before; 'infinity' for the first page
-- $3: id of that row; 'ffffffff-ffff-ffff-ffff-ffffffffffff' for the first page
-- $4: rows of a page
-- given: select user_id, user_id as "app.user_id", 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 20
--   from projects group by user_id order by count(*) desc, user_id offset 20 limit 1

select p.id, p.name, p.description, p.color, p.created_at, p.updated_at
from projects as p
where p.user_id = $1
  and (p.created_at, p.id) < ($2, $3)
  and p.archived_at is null
order by p.created_at desc, p.id desc
limit $4;
