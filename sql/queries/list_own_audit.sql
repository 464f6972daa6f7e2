-- What did a user do, last first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: audit_log_actor_id_occurred_at_idx
-- $1: user id
-- $2: since when
-- $3: rows of a page
-- given: select actor_id, actor_id as "app.user_id", '2026-06-01 00:00Z', 50 from audit_log
--   where actor_id is not null group by actor_id order by count(*) desc, actor_id offset 20 limit 1

select l.occurred_at, l.action, l.table_name, l.row_key
from audit_log as l
where l.actor_id = $1
  and l.occurred_at >= $2
order by l.occurred_at desc
limit $3;
