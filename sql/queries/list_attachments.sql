-- Which files are on a task, by name?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: attachments_parent_file_name_key
-- $1: task id
-- given: select t.id, t.user_id as "app.user_id" from attachments as x join tasks as t on t.id = x.task_id
--   group by t.id order by count(*) desc, t.id offset 20 limit 1

select a.id, a.file_name, a.content_type, a.byte_size, a.sha256
from attachments as a
where a.task_id = $1
order by a.file_name;
