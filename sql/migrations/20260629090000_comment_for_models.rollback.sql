-- Take the words for the models back out of the comments.

comment on column projects.user_id is
    'Owner (users.id). On delete cascade: the projects of a deleted user go with the account.';
comment on column projects.archived_at is 'When the owner put the project away; null while it is live.';

comment on type member_role is
    'What a member of a project may do, strongest first: owner administers it, editor writes its tasks, viewer reads.';
comment on constraint project_members_user_id_fkey on project_members is null;

comment on column tasks.user_id is
    'Who made the task and owns it (users.id). On delete cascade: the tasks of a deleted user go with the account.';
comment on column tasks.deleted_at is
    'When the task was thrown away; null while it is in use. It can be restored until the trash is emptied.';
comment on column tasks.completed_at is
    'When the task was done; null unless status is done. Kept by the trigger tasks_normalize.';
comment on column tasks.updated_by is
    'Who wrote the row last (users.id), kept by the trigger tasks_set_updated_by; null after maintenance. On '
    'delete set null: the task stays. Who made it is user_id.';
comment on column tasks.version is
    'Counts the changes, from 1; kept by the trigger tasks_bump_version, compared by clients.';
comment on column tasks.search_vector is
    'Words of title (weight A) and description (weight B) in English, for full-text search; generated.';
comment on column tasks.recurrence is 'How the task comes again when it is done; null when it does not.';
comment on constraint tasks_updated_by_fkey on tasks is null;

comment on column task_assignments.status is 'What the assignee answered.';
comment on column task_assignments.assigned_by is
    'Who assigned it (users.id); null when a migration did or the account is gone. On delete set null: the '
    'assignment stays.';
comment on constraint task_assignments_user_id_fkey on task_assignments is null;
comment on constraint task_assignments_assigned_by_fkey on task_assignments is null;

comment on column tags.user_id is
    'Owner (users.id). On delete cascade: the tags of a deleted user go with the account.';

comment on constraint task_tags_task_id_fkey on task_tags is null;

comment on column comments.user_id is
    'Author (users.id). On delete cascade: the comments of a deleted user go with the account.';
comment on column comments.task_id is
    'The task it is about (tasks.id); null when it is about a project. On delete cascade: the comments go with the '
    'task.';
comment on column comments.project_id is
    'The project it is about (projects.id); null when it is about a task. On delete cascade: the comments go with '
    'the project.';

comment on column attachments.user_id is
    'Who attached it (users.id). On delete cascade: the attachments of a deleted user go with the account.';
comment on column attachments.task_id is
    'The task it is on (tasks.id), or null. On delete cascade: the attachments go with the task.';
comment on column attachments.project_id is
    'The project it is on (projects.id), or null. On delete cascade: the attachments go with the project.';
comment on column attachments.comment_id is
    'The comment it is on (comments.id), or null. On delete cascade: the attachments go with the comment.';
comment on column attachments.content_type is 'Media type in lower case, such as application/pdf.';
comment on column attachments.byte_size is 'Size in bytes: at least 1, at most 5 GiB.';
comment on column attachments.sha256 is 'SHA-256 of the bytes, 32 of them, to check a download.';

comment on column time_blocks.user_id is
    'Whose time it is (users.id). On delete cascade: the blocks of a deleted user go with the account.';
comment on column time_blocks.during is
    'From and until, the end not included, at most 24 hours: blocks may touch and never overlap.';

comment on column user_settings.user_id is
    'Key and owner at once (users.id): at most one row for each. On delete cascade: the settings of a deleted user '
    'go with the account.';
comment on table user_settings is 'What a user prefers; a user without a row has the defaults.';

comment on column audit_log.old_row is 'The row before; null for an insert. Sensitive: it holds what people deleted.';
comment on column audit_log.new_row is 'The row after; null for a delete. Sensitive, as old_row is.';
comment on table audit_log is
    'Every change to a sensitive table: who, when, what it was and what it became. Written by triggers, never changed.';

comment on column recurrence.frequency is 'The unit.';
comment on column recurrence.every is 'How many units lie between two times.';

comment on column active_tasks.id is null;
comment on column active_tasks.user_id is null;
comment on column active_tasks.project_id is null;
comment on column active_tasks.parent_id is null;
comment on column active_tasks.title is null;
comment on column active_tasks.status is null;
comment on column active_tasks.priority is null;
comment on column active_tasks.due_at is null;
comment on column active_tasks.tags is null;
comment on column active_tasks.position is null;
comment on column active_tasks.version is null;
comment on column active_tasks.created_at is null;
comment on column active_tasks.updated_at is null;

comment on column project_progress.project_id is null;
comment on column project_progress.user_id is null;
comment on column project_progress.name is null;
comment on column project_progress.tasks is null;
comment on column project_progress.done is null;
comment on column project_progress.open is null;
comment on column project_progress.next_due_at is null;
