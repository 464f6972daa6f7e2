-- Create tags, a user's own words, and the tags on tasks.
--
-- why: people sort tasks by words of their own; the same word in capitals is the same tag
-- effect: none on existing data; instant share row exclusive locks on users and tasks
-- risk: low
-- phase: expand

create table tags (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    name varchar(30) not null,
    color hex_color,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint tags_pkey primary key (id),
    constraint tags_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint tags_name_check check (btrim(name) <> '')
);

create unique index tags_user_id_lower_idx on tags (user_id, lower(name));

create trigger tags_set_updated_at
    before update on tags
    for each row execute function set_updated_at();

comment on table tags is 'A word by which one user sorts tasks; nobody else sees it.';
comment on column tags.id is 'Key, made by the database.';
comment on column tags.user_id is
    'Owner (users.id). On delete cascade: the tags of a deleted user go with the account.';
comment on column tags.name is 'The word; never blank, unique for its owner whatever the case.';
comment on column tags.color is 'Colour of the tag; null takes the colour of the theme.';
comment on column tags.created_at is 'When the row was made.';
comment on column tags.updated_at is 'When the row last changed; kept by the trigger tags_set_updated_at.';
comment on index tags_pkey is 'One tag by its key.';
comment on index tags_user_id_lower_idx is
    'One tag of a name for each user, whatever the case (find_tag); also serves the foreign key to users.';

create table task_tags (
    task_id uuid not null,
    tag_id uuid not null,
    created_at timestamptz not null default now(),
    constraint task_tags_pkey primary key (task_id, tag_id),
    constraint task_tags_task_id_fkey foreign key (task_id) references tasks (id) on delete cascade,
    constraint task_tags_tag_id_fkey foreign key (tag_id) references tags (id) on delete cascade
);

create index task_tags_tag_id_idx on task_tags (tag_id);

comment on table task_tags is 'Which tags a task carries.';
comment on column task_tags.task_id is
    'The task (tasks.id). On delete cascade: the row goes with the task, the tag stays.';
comment on column task_tags.tag_id is
    'The tag (tags.id). On delete cascade: the row goes with the tag, the task stays.';
comment on column task_tags.created_at is 'When the task was tagged.';
comment on index task_tags_pkey is 'One tag on one task; the tags of a task.';
comment on index task_tags_tag_id_idx is
    'The tasks that carry a tag (list_tagged_tasks); also serves the foreign key to tags.';
