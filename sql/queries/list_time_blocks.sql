-- What has a user planned in a stretch of time?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: time_blocks_user_id_during_excl
-- $1: user id
-- $2: the stretch, a tstzrange such as a week
-- given: select user_id, user_id as "app.user_id", '[2026-06-01 00:00Z,2026-07-01 00:00Z)'
--   from time_blocks group by user_id order by count(*) desc, user_id offset 20 limit 1

select b.id, b.task_id, b.during, b.note, b.hourly_rate
from time_blocks as b
where b.user_id = $1
  and b.during && $2
order by b.during;
