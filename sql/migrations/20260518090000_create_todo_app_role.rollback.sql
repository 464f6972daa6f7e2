-- Take every grant from the role of the application, and leave the role.
--
-- The role belongs to the cluster: other databases may use it, and to drop it would fail there or here.

revoke all on
    projects, project_members, tasks, task_assignments, tags, task_tags, comments, attachments, time_blocks,
    user_settings, audit_log
from todo_app;

revoke update (name, description, color, archived_at) on projects from todo_app;
revoke update (role) on project_members from todo_app;
revoke update (project_id, parent_id, title, description, status, priority, due_at, deleted_at, tags, metadata)
    on tasks from todo_app;
revoke update (status) on task_assignments from todo_app;
revoke update (name, color) on tags from todo_app;
revoke update (body) on comments from todo_app;
revoke update (file_name) on attachments from todo_app;
revoke update (task_id, during, note, hourly_rate) on time_blocks from todo_app;
revoke update (timezone, locale, settings) on user_settings from todo_app;

revoke usage on schema public from todo_app;
