-- Contract of the tables that Better Auth owns: our migrations may reference them and never create, alter or drop them.
--
-- This is what Better Auth 1.7.25 makes (by its command, npm package auth 1.7.7) when it is configured with plural
-- table names, snake_case fields and `advanced.database.generateId = 'uuid'`: as tests/better_auth/auth.mjs is, and
-- tests/test_better_auth.py compares them. The file is loaded into scratch and development databases only; a live
-- database has the real tables, and of them we rely on this alone: public.users, its column id, type uuid, unique.

create table users (
    id uuid not null default pg_catalog.gen_random_uuid() primary key,
    name text not null,
    email text not null unique,
    email_verified boolean not null,
    image text,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
);

create table sessions (
    id uuid not null default pg_catalog.gen_random_uuid() primary key,
    expires_at timestamptz not null,
    token text not null unique,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null,
    ip_address text,
    user_agent text,
    user_id uuid not null references users (id) on delete cascade
);

create table accounts (
    id uuid not null default pg_catalog.gen_random_uuid() primary key,
    account_id text not null,
    provider_id text not null,
    user_id uuid not null references users (id) on delete cascade,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope text,
    password text,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null
);

create table verifications (
    id uuid not null default pg_catalog.gen_random_uuid() primary key,
    identifier text not null,
    value text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
);

create index sessions_user_id_idx on sessions (user_id);

create index accounts_user_id_idx on accounts (user_id);

create index verifications_identifier_idx on verifications (identifier);
