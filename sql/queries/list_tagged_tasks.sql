-- Which tasks carry a tag?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: task_tags_tag_id_idx
-- $1: tag id
-- given: select g.id, g.user_id as "app.user_id" from task_tags as x join tags as g on g.id = x.tag_id
--   group by g.id order by count(*) desc, g.id offset 20 limit 1

select t.id, t.title, t.status, t.due_at
from task_tags as x
join tasks as t on t.id = x.task_id
where x.tag_id = $1
  and t.deleted_at is null
order by t.created_at desc;
