-- Create attachments: files on a task, a project or a comment.
--
-- why: people attach documents; the bytes are in the object store, the row says where and what
-- effect: none on existing data; instant share row exclusive locks on users, tasks, projects and comments
-- risk: low
-- phase: expand
-- depends: 20260112090000_create_tasks 20260202091500_create_comments

create table attachments (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    task_id uuid,
    project_id uuid,
    comment_id uuid,
    file_name varchar(255) not null,
    content_type varchar(127) not null,
    byte_size bigint not null,
    sha256 bytea not null,
    storage_key varchar(500) not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint attachments_pkey primary key (id),
    constraint attachments_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint attachments_task_id_fkey foreign key (task_id) references tasks (id) on delete cascade,
    constraint attachments_project_id_fkey foreign key (project_id) references projects (id) on delete cascade,
    constraint attachments_comment_id_fkey foreign key (comment_id) references comments (id) on delete cascade,
    -- nulls not distinct: two of the three parents are always null, and must count as equal
    constraint attachments_parent_file_name_key
        unique nulls not distinct (task_id, project_id, comment_id, file_name),
    constraint attachments_storage_key_key unique (storage_key),
    constraint attachments_parent_check check (num_nonnulls(task_id, project_id, comment_id) = 1),
    constraint attachments_file_name_check check (btrim(file_name) <> '' and position('/' in file_name) = 0),
    constraint attachments_content_type_check check (content_type ~ '^[a-z0-9.+-]+/[a-z0-9.+-]+$'),
    constraint attachments_byte_size_check check (byte_size between 1 and 5368709120),
    constraint attachments_sha256_check check (octet_length(sha256) = 32)
);

create index attachments_user_id_idx on attachments (user_id);

create index attachments_project_id_idx on attachments (project_id);

create index attachments_comment_id_idx on attachments (comment_id);

create trigger attachments_set_updated_at
    before update on attachments
    for each row execute function set_updated_at();

comment on table attachments is 'A file on exactly one task, project or comment; the bytes are in the object store.';
comment on column attachments.id is 'Key, made by the database.';
comment on column attachments.user_id is
    'Who attached it (users.id). On delete cascade: the attachments of a deleted user go with the account.';
comment on column attachments.task_id is
    'The task it is on (tasks.id), or null. On delete cascade: the attachments go with the task.';
comment on column attachments.project_id is
    'The project it is on (projects.id), or null. On delete cascade: the attachments go with the project.';
comment on column attachments.comment_id is
    'The comment it is on (comments.id), or null. On delete cascade: the attachments go with the comment.';
comment on column attachments.file_name is 'Name as the user gave it, without a path; unique on its parent.';
comment on column attachments.content_type is 'Media type in lower case, such as application/pdf.';
comment on column attachments.byte_size is 'Size in bytes: at least 1, at most 5 GiB.';
comment on column attachments.sha256 is 'SHA-256 of the bytes, 32 of them, to check a download.';
comment on column attachments.storage_key is 'Key in the object store; sensitive: never shown to a client. @private';
comment on column attachments.created_at is 'When the row was made.';
comment on column attachments.updated_at is
    'When the row last changed; kept by the trigger attachments_set_updated_at.';
comment on index attachments_pkey is 'One attachment by its key.';
comment on index attachments_parent_file_name_key is
    'One file of a name on each parent; the attachments of a task (list_attachments); also serves the foreign '
    'key to tasks.';
comment on index attachments_storage_key_key is 'No two rows share an object of the store.';
comment on index attachments_user_id_idx is 'Serves the foreign key to users.';
comment on index attachments_project_id_idx is 'The attachments of a project; also serves the foreign key to projects.';
comment on index attachments_comment_id_idx is 'The attachments of a comment; also serves the foreign key to comments.';
