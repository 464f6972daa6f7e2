-- Create time blocks: hours that a user sets aside, never two at once.
--
-- why: people plan the day and bill the hours; overlapping blocks would be billed twice
-- effect: none on existing data; instant share row exclusive locks on users and tasks
-- risk: low
-- phase: expand
-- depends: 20260112090000_create_tasks

-- lets the gist index of the exclusion constraint compare uuids by =; trusted: the owner of the database may create it
create extension if not exists btree_gist;

create table time_blocks (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    task_id uuid,
    during tstzrange not null,
    note varchar(500),
    hourly_rate numeric(10, 2),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint time_blocks_pkey primary key (id),
    constraint time_blocks_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint time_blocks_task_id_fkey foreign key (task_id) references tasks (id) on delete set null,
    constraint time_blocks_user_id_during_excl exclude using gist (user_id with =, during with &&),
    -- a bound of an empty or unbounded range is null, and a check passes on null: so the first line is needed
    constraint time_blocks_during_check check (
        not isempty(during) and not lower_inf(during) and not upper_inf(during)
        and lower_inc(during) and not upper_inc(during)
        and isfinite(lower(during)) and isfinite(upper(during))
        and upper(during) - lower(during) <= interval '24 hours'
    ),
    -- the upper bound is there for NaN, which fits numeric(10, 2) and is greater than every number
    constraint time_blocks_hourly_rate_check check (hourly_rate between 0 and 99999999.99)
);

create index time_blocks_task_id_idx on time_blocks (task_id);

create trigger time_blocks_set_updated_at
    before update on time_blocks
    for each row execute function set_updated_at();

comment on table time_blocks is 'Time that a user sets aside, perhaps for a task; the blocks of a user never overlap.';
comment on column time_blocks.id is 'Key, made by the database.';
comment on column time_blocks.user_id is
    'Whose time it is (users.id). On delete cascade: the blocks of a deleted user go with the account.';
comment on column time_blocks.task_id is
    'What the time is for (tasks.id); null when it is for no task. On delete set null: hours that were worked stay.';
comment on column time_blocks.during is
    'From and until, the end not included, at most 24 hours: blocks may touch and never overlap.';
comment on column time_blocks.note is 'What was done or is planned; null when the task says it.';
comment on column time_blocks.hourly_rate is 'Money for an hour, in the currency of the user; null when nobody pays.';
comment on column time_blocks.created_at is 'When the row was made.';
comment on column time_blocks.updated_at is
    'When the row last changed; kept by the trigger time_blocks_set_updated_at.';
comment on index time_blocks_pkey is 'One block by its key.';
comment on index time_blocks_user_id_during_excl is
    'No two blocks of a user at once; a user''s blocks in a week (list_time_blocks); also serves the foreign key '
    'to users.';
comment on index time_blocks_task_id_idx is
    'The hours of a task (sum_task_hours); also serves the foreign key to tasks.';
