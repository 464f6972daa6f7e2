create function set_updated_at() returns trigger language plpgsql as
    'begin new.updated_at := now(); return new; end';
create table parents (id uuid primary key);
create table things (
    id uuid primary key, parent_id uuid not null references parents, name varchar(20) not null,
    updated_at timestamptz not null default now()
);
create trigger things_set_updated_at before update on things
    for each row when (old.* is distinct from new.*) execute function set_updated_at();
-- of one that takes no row nobody knows
create table closed (id integer not null check (id < 0 and id > 0), updated_at timestamptz);
create table counted (name varchar(20), updated_at integer);
create table computed (name varchar(20), made_at date, updated_at date generated always as (made_at) stored);
