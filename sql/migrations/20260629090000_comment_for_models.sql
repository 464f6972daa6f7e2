-- Say in comments what the models need and no catalog holds: what is private, given once, or set by the server.
--
-- why: models/ is written from the catalog (tools models), and what a client may send or see was only in Python
-- effect: none on data; a comment takes a share update exclusive lock on its table for an instant, against nobody who
--         reads or writes
-- risk: low
-- phase: expand
-- depends: 20260622090000_create_task_views 20260608090000_add_task_recurrence 20260615090000_quiet_audit_log

comment on column projects.user_id is
    'Owner (users.id). On delete cascade: the projects of a deleted user go with the account. @owner';
comment on column projects.archived_at is 'When the owner put the project away; null while it is live. @omit create';

comment on type member_role is
    'What a member of a project may do, strongest first. Owner administers it, editor writes its tasks, viewer reads.';
comment on constraint project_members_user_id_fkey on project_members is 'A user has memberships. @inverse memberships';

comment on column tasks.user_id is
    'Who made the task and owns it (users.id). On delete cascade: the tasks of a deleted user go with the account. '
    '@owner';
comment on column tasks.deleted_at is
    'When the task was thrown away; null while it is in use. It can be restored until the trash is emptied. @omit '
    'create, update';
comment on column tasks.completed_at is
    'When the task was done; null unless status is done. Kept by the trigger tasks_normalize. @omit create, update';
comment on column tasks.updated_by is
    'Who wrote the row last (users.id), kept by the trigger tasks_set_updated_by; null after maintenance. On '
    'delete set null: the task stays. Who made it is user_id. @omit create, update';
comment on column tasks.version is
    'Counts the changes, from 1; kept by the trigger tasks_bump_version, compared by clients. @version';
comment on column tasks.search_vector is
    'Words of title (weight A) and description (weight B) in English, for full-text search; generated. @private';
comment on column tasks.recurrence is
    'How the task comes again when it is done; null when it does not. @rule Repetition';
comment on constraint tasks_updated_by_fkey on tasks is 'A task has an updater. @name updater';

comment on column task_assignments.status is 'What the assignee answered. @omit create';
comment on column task_assignments.assigned_by is
    'Who assigned it (users.id); null when a migration did or the account is gone. On delete set null: the '
    'assignment stays. @omit create, update';
comment on constraint task_assignments_user_id_fkey on task_assignments is
    'A user has assignments. @inverse assignments';
comment on constraint task_assignments_assigned_by_fkey on task_assignments is
    'An assignment has an assigner. @name assigner';

comment on column tags.user_id is
    'Owner (users.id). On delete cascade: the tags of a deleted user go with the account. @owner';

comment on constraint task_tags_task_id_fkey on task_tags is
    'A task has kept tags; tags alone are the labels typed into it. @inverse kept_tags';

comment on column comments.user_id is
    'Author (users.id). On delete cascade: the comments of a deleted user go with the account. @owner';
comment on column comments.task_id is
    'The task it is about (tasks.id); null when it is about a project. On delete cascade: the comments go with the '
    'task. @immutable';
comment on column comments.project_id is
    'The project it is about (projects.id); null when it is about a task. On delete cascade: the comments go with '
    'the project. @immutable';

comment on column attachments.user_id is
    'Who attached it (users.id). On delete cascade: the attachments of a deleted user go with the account. @owner';
comment on column attachments.task_id is
    'The task it is on (tasks.id), or null. On delete cascade: the attachments go with the task. @immutable';
comment on column attachments.project_id is
    'The project it is on (projects.id), or null. On delete cascade: the attachments go with the project. @immutable';
comment on column attachments.comment_id is
    'The comment it is on (comments.id), or null. On delete cascade: the attachments go with the comment. @immutable';
comment on column attachments.content_type is 'Media type in lower case, such as application/pdf. @immutable';
comment on column attachments.byte_size is 'Size in bytes: at least 1, at most 5 GiB. @immutable';
comment on column attachments.sha256 is 'SHA-256 of the bytes, 32 of them, to check a download. @immutable';

comment on column time_blocks.user_id is
    'Whose time it is (users.id). On delete cascade: the blocks of a deleted user go with the account. @owner';
comment on column time_blocks.during is
    'From and until, the end not included, at most 24 hours: blocks may touch and never overlap. @rule TimeBlockRange';

comment on column user_settings.user_id is
    'Key and owner at once (users.id): at most one row for each. On delete cascade: the settings of a deleted user '
    'go with the account. @owner';
comment on table user_settings is 'What a user prefers; a user without a row has the defaults. @name UserSettings';

comment on column audit_log.old_row is
    'The row before; null for an insert. Sensitive: it holds what people deleted. @private';
comment on column audit_log.new_row is 'The row after; null for a delete. Sensitive, as old_row is. @private';
comment on table audit_log is
    'Every change to a sensitive table: who, when, what it was and what it became. Written by triggers, never '
    'changed. @omit create, update';

comment on column recurrence.frequency is 'The unit. @notnull';
comment on column recurrence.every is 'How many units lie between two times. @notnull';

comment on column active_tasks.id is 'The task (tasks.id). @key';
comment on column active_tasks.user_id is 'Who owns it (users.id). @notnull';
comment on column active_tasks.project_id is 'Its project (projects.id); null when it stands alone.';
comment on column active_tasks.parent_id is 'The task of which it is a part (tasks.id); null at the top.';
comment on column active_tasks.title is 'What is to be done, in a line. @notnull';
comment on column active_tasks.status is 'Where it stands: todo or in_progress. @notnull';
comment on column active_tasks.priority is 'From 1, most urgent, to 5, some day. @notnull';
comment on column active_tasks.due_at is 'When it has to be done; null when there is no hurry.';
comment on column active_tasks.tags is 'Free labels typed into it, none null. @notnull';
comment on column active_tasks.position is 'Place in the project, from 1; null when it was not placed.';
comment on column active_tasks.version is 'Counts the changes, from 1. @notnull';
comment on column active_tasks.created_at is 'When the row was made. @notnull';
comment on column active_tasks.updated_at is 'When the row last changed. @notnull';

comment on column project_progress.project_id is 'The project (projects.id). @key';
comment on column project_progress.user_id is 'Who owns it (users.id). @notnull';
comment on column project_progress.name is 'Name of the project. @notnull';
comment on column project_progress.tasks is 'How many tasks there are outside the trash. @notnull';
comment on column project_progress.done is 'How many of them are done. @notnull';
comment on column project_progress.open is 'How many of them are todo or in_progress. @notnull';
comment on column project_progress.next_due_at is 'When the next open one has to be done; null when none has to.';
