-- How many hours were spent on a task, and what are they worth?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: time_blocks_task_id_idx
-- $1: task id
-- given: select t.id, t.user_id as "app.user_id" from time_blocks as x join tasks as t on t.id = x.task_id
--   group by t.id order by count(*) desc, t.id offset 20 limit 1

select
    sum(upper(b.during) - lower(b.during)) as spent,
    sum(extract(epoch from upper(b.during) - lower(b.during)) / 3600 * b.hourly_rate)::numeric(12, 2) as worth
from time_blocks as b
where b.task_id = $1;
