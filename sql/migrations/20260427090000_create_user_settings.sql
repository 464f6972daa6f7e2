-- Create the settings of users, one row for each who changed something.
--
-- why: Better Auth's table is not ours to extend
-- effect: none on existing data; an instant share row exclusive lock on users
-- risk: low
-- phase: expand
-- depends: 20260105090000_assert_users_contract

create table user_settings (
    user_id uuid not null,
    timezone varchar(64) not null default 'UTC',
    locale varchar(35) not null default 'en',
    settings jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_settings_pkey primary key (user_id),
    constraint user_settings_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint user_settings_timezone_check check (timezone ~ '^[A-Za-z0-9_+/-]+$'),
    constraint user_settings_locale_check check (locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    constraint user_settings_settings_check check (jsonb_typeof(settings) = 'object')
);

create trigger user_settings_set_updated_at
    before update on user_settings
    for each row execute function set_updated_at();

comment on table user_settings is 'What a user prefers; a user without a row has the defaults.';
comment on column user_settings.user_id is
    'Key and owner at once (users.id): at most one row for each. On delete cascade: the settings of a deleted '
    'user go with the account.';
comment on column user_settings.timezone is 'Name in the IANA database, such as Europe/Berlin.';
comment on column user_settings.locale is 'Language and, if it matters, country: en, de-AT.';
comment on column user_settings.settings is 'Preferences of the client: a JSON object.';
comment on column user_settings.created_at is 'When the row was made.';
comment on column user_settings.updated_at is
    'When the row last changed; kept by the trigger user_settings_set_updated_at.';
comment on index user_settings_pkey is 'The settings of a user; also serves the foreign key to users.';
