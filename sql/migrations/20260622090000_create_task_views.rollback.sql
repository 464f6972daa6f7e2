-- Drop the views of open tasks and of the progress of projects.

drop view project_progress;

drop view active_tasks;
