-- Create comments, on a task or on a project.
--
-- why: members talk about a task, or about the project as a whole
-- effect: none on existing data; instant share row exclusive locks on users, tasks and projects
-- risk: low
-- phase: expand

create table comments (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    task_id uuid,
    project_id uuid,
    body varchar(5000) not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint comments_pkey primary key (id),
    constraint comments_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint comments_task_id_fkey foreign key (task_id) references tasks (id) on delete cascade,
    constraint comments_project_id_fkey foreign key (project_id) references projects (id) on delete cascade,
    -- an exclusive arc instead of (parent_type, parent_id): each parent keeps a foreign key that the server enforces
    constraint comments_parent_check check (num_nonnulls(task_id, project_id) = 1),
    constraint comments_body_check check (btrim(body) <> '')
);

create index comments_user_id_idx on comments (user_id);

create index comments_task_id_created_at_idx on comments (task_id, created_at);

create index comments_project_id_created_at_idx on comments (project_id, created_at);

create trigger comments_set_updated_at
    before update on comments
    for each row execute function set_updated_at();

comment on table comments is 'What somebody says about exactly one task or one project.';
comment on column comments.id is 'Key, made by the database.';
comment on column comments.user_id is
    'Author (users.id). On delete cascade: the comments of a deleted user go with the account.';
comment on column comments.task_id is
    'The task it is about (tasks.id); null when it is about a project. On delete cascade: the comments go with '
    'the task.';
comment on column comments.project_id is
    'The project it is about (projects.id); null when it is about a task. On delete cascade: the comments go '
    'with the project.';
comment on column comments.body is 'The text; never blank.';
comment on column comments.created_at is 'When the row was made.';
comment on column comments.updated_at is 'When the row last changed; kept by the trigger comments_set_updated_at.';
comment on index comments_pkey is 'One comment by its key.';
comment on index comments_user_id_idx is 'Serves the foreign key to users.';
comment on index comments_task_id_created_at_idx is
    'The comments on a task, oldest first (list_task_comments); also serves the foreign key to tasks.';
comment on index comments_project_id_created_at_idx is
    'The comments on a project, oldest first; also serves the foreign key to projects.';
