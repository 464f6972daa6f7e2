-- How many hours were spent on a task, and what are they worth?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: time_blocks_task_id_idx
-- $1: task id

select
    sum(upper(b.during) - lower(b.during)) as spent,
    sum(extract(epoch from upper(b.during) - lower(b.during)) / 3600 * b.hourly_rate)::numeric(12, 2) as worth
from time_blocks as b
where b.task_id = $1;
