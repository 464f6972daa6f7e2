-- Stop writing changes into the audit log; what was written stays.

drop trigger attachments_write_audit_log on attachments;

drop trigger task_assignments_write_audit_log on task_assignments;

drop trigger tasks_write_audit_log on tasks;

drop trigger project_members_write_audit_log on project_members;

drop trigger projects_write_audit_log on projects;

drop function write_audit_log();
