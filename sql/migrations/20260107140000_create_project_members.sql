-- Create the members of projects, each with a role.
--
-- why: a project is shared by inviting people; what they may do depends on their role
-- effect: none on existing data; instant share row exclusive locks on users and projects
-- risk: low
-- phase: expand
-- depends: 20260107101500_create_projects

create type member_role as enum ('owner', 'editor');

comment on type member_role is
    'What a member of a project may do, strongest first: owner administers it, editor writes its tasks.';

create table project_members (
    project_id uuid not null,
    user_id uuid not null,
    role member_role not null default 'editor',
    assigned_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint project_members_pkey primary key (project_id, user_id),
    constraint project_members_project_id_fkey foreign key (project_id) references projects (id) on delete cascade,
    constraint project_members_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index project_members_user_id_project_id_role_idx on project_members (user_id, project_id) include (role);

create trigger project_members_set_updated_at
    before update on project_members
    for each row execute function set_updated_at();

comment on table project_members is 'Who shares a project, beside its owner in projects.user_id, and in which role.';
comment on column project_members.project_id is
    'The shared project (projects.id). On delete cascade: the memberships of a deleted project go with it.';
comment on column project_members.user_id is
    'The member (users.id). On delete cascade: the memberships of a deleted user go with the account.';
comment on column project_members.role is 'What the member may do in the project.';
comment on column project_members.assigned_at is 'When the person became a member.';
comment on column project_members.updated_at is
    'When the role last changed; kept by the trigger project_members_set_updated_at.';
comment on index project_members_pkey is 'One membership; the members of a project (list_project_members).';
comment on index project_members_user_id_project_id_role_idx is
    'The projects that a user shares, with the role, without touching the table (list_shared_projects); also '
    'serves the foreign key to users.';
