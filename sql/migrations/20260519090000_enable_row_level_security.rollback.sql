-- Drop the policies and let the grants alone decide again.

drop policy audit_log_insert on audit_log;
drop policy audit_log_select on audit_log;
drop policy user_settings_own on user_settings;
drop policy time_blocks_own on time_blocks;
drop policy attachments_delete on attachments;
drop policy attachments_update on attachments;
drop policy attachments_insert on attachments;
drop policy attachments_select on attachments;
drop policy comments_delete on comments;
drop policy comments_update on comments;
drop policy comments_insert on comments;
drop policy comments_select on comments;
drop policy task_tags_own on task_tags;
drop policy tags_own on tags;
drop policy task_assignments_delete on task_assignments;
drop policy task_assignments_update on task_assignments;
drop policy task_assignments_insert on task_assignments;
drop policy task_assignments_select on task_assignments;
drop policy tasks_delete on tasks;
drop policy tasks_update on tasks;
drop policy tasks_insert on tasks;
drop policy tasks_select on tasks;
drop policy project_members_delete on project_members;
drop policy project_members_update on project_members;
drop policy project_members_insert on project_members;
drop policy project_members_select_shared on project_members;
drop policy project_members_select_own on project_members;
drop policy projects_delete on projects;
drop policy projects_update on projects;
drop policy projects_insert on projects;
drop policy projects_select_shared on projects;
drop policy projects_select_own on projects;

alter table audit_log no force row level security, disable row level security;
alter table user_settings no force row level security, disable row level security;
alter table time_blocks no force row level security, disable row level security;
alter table attachments no force row level security, disable row level security;
alter table comments no force row level security, disable row level security;
alter table task_tags no force row level security, disable row level security;
alter table tags no force row level security, disable row level security;
alter table task_assignments no force row level security, disable row level security;
alter table tasks no force row level security, disable row level security;
alter table project_members no force row level security, disable row level security;
alter table projects no force row level security, disable row level security;

drop function app_project_ids(member_role);

drop function app_user_id();
