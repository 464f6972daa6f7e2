-- Drop tags and the tags on tasks.

drop table task_tags;

drop table tags;
