-- Create projects, the lists that hold tasks, and the domain of their colours.
--
-- why: a user groups tasks, and later shares the group with others
-- effect: none on existing data; the foreign key takes a share row exclusive lock on users for an instant, because the
--         new table is empty
-- risk: low
-- phase: expand
-- depends: 20260105090000_assert_users_contract 20260105093000_create_updated_at_function

create domain hex_color as varchar(7)
    constraint hex_color_check check (value ~ '^#[0-9a-f]{6}$');

comment on domain hex_color is 'A colour as browsers write it, in lower case: #rrggbb.';

create table projects (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    name varchar(120) not null,
    description varchar(1000),
    color hex_color not null default '#64748b',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint projects_pkey primary key (id),
    constraint projects_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint projects_name_check check (btrim(name) <> '')
);

create index projects_user_id_created_at_id_idx on projects (user_id, created_at desc, id desc);

create trigger projects_set_updated_at
    before update on projects
    for each row execute function set_updated_at();

comment on table projects is 'A named list of tasks that a user owns and may share with members.';
comment on column projects.id is 'Key, made by the database.';
comment on column projects.user_id is
    'Owner (users.id). On delete cascade: the projects of a deleted user go with the account.';
comment on column projects.name is 'Name shown to people; never blank.';
comment on column projects.description is 'What the project is for; null when nobody wrote it down.';
comment on column projects.color is 'Colour of the project in lists and calendars.';
comment on column projects.created_at is 'When the row was made.';
comment on column projects.updated_at is 'When the row last changed; kept by the trigger projects_set_updated_at.';
comment on index projects_pkey is 'One project by its key.';
comment on index projects_user_id_created_at_id_idx is
    'A user''s projects, newest first, page by page (list_projects); also serves the foreign key to users.';
