-- What has a user planned in a stretch of time?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: time_blocks_user_id_during_excl
-- $1: user id
-- $2: the stretch, a tstzrange such as a week

select b.id, b.task_id, b.during, b.note, b.hourly_rate
from time_blocks as b
where b.user_id = $1
  and b.during && $2
order by b.during;
