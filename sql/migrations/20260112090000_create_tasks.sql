-- Create tasks, with their status, an optional project, an optional parent and one assignee.
--
-- why: the heart of the application
-- effect: none on existing data; instant share row exclusive locks on users and projects
-- risk: low
-- phase: expand
-- depends: 20260107101500_create_projects

create type task_status as enum ('todo', 'in_progress', 'done', 'cancelled');

comment on type task_status is 'Where a task stands: todo and in_progress are open, done and cancelled are closed.';

create table tasks (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    project_id uuid,
    parent_id uuid,
    title varchar(200) not null,
    description varchar(1000),
    status task_status not null default 'todo',
    priority smallint not null default 3,
    due_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    assignee_id uuid,
    constraint tasks_pkey primary key (id),
    constraint tasks_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint tasks_project_id_fkey foreign key (project_id) references projects (id) on delete cascade,
    constraint tasks_parent_id_fkey foreign key (parent_id) references tasks (id) on delete cascade,
    constraint tasks_assignee_id_fkey foreign key (assignee_id) references users (id) on delete set null,
    constraint tasks_title_check check (btrim(title) <> ''),
    constraint tasks_priority_check check (priority between 1 and 5),
    constraint tasks_parent_id_check check (parent_id <> id)
);

create index tasks_user_id_created_at_id_idx on tasks (user_id, created_at desc, id desc);

create index tasks_project_id_idx on tasks (project_id);

create index tasks_parent_id_idx on tasks (parent_id);

create index tasks_assignee_id_idx on tasks (assignee_id);

create trigger tasks_set_updated_at
    before update on tasks
    for each row execute function set_updated_at();

comment on table tasks is 'Something to do: alone, in a project, or part of another task.';
comment on column tasks.id is 'Key, made by the database.';
comment on column tasks.user_id is
    'Who made the task and owns it (users.id). On delete cascade: the tasks of a deleted user go with the account.';
comment on column tasks.project_id is
    'Project of the task (projects.id); null when it stands alone. On delete cascade: the tasks of a deleted '
    'project go with it; archive it to keep them.';
comment on column tasks.parent_id is
    'The task of which this is a part (tasks.id); null at the top. On delete cascade: subtasks go with their parent.';
comment on column tasks.title is 'What is to be done, in a line; never blank.';
comment on column tasks.description is 'More about it; null when the title says it all.';
comment on column tasks.status is 'Where the task stands.';
comment on column tasks.priority is 'From 1, most urgent, to 5, some day.';
comment on column tasks.due_at is 'When it has to be done; null when there is no hurry.';
comment on column tasks.created_at is 'When the row was made.';
comment on column tasks.updated_at is 'When the row last changed; kept by the trigger tasks_set_updated_at.';
comment on column tasks.assignee_id is
    'Who does it (users.id); null when nobody is named. On delete set null: the task stays, without an assignee.';
comment on index tasks_pkey is 'One task by its key.';
comment on index tasks_user_id_created_at_id_idx is
    'A user''s tasks, newest first, page by page (list_tasks); also serves the foreign key to users.';
comment on index tasks_project_id_idx is
    'The tasks of a project (list_project_tasks); also serves the foreign key to projects.';
comment on index tasks_parent_id_idx is 'The parts of a task (list_subtasks); also serves the foreign key to tasks.';
comment on index tasks_assignee_id_idx is 'The tasks that somebody is to do; also serves the foreign key to users.';
