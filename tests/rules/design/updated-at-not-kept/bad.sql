create function set_updated_at() returns trigger language plpgsql as
    'begin new.updated_at := old.updated_at; return new; end';
create table things (name varchar(20), updated_at timestamptz not null default now());
create trigger things_set_updated_at before update on things for each row execute function set_updated_at();
create table others (name varchar(20) not null check (name in ('a', 'b')), updated_at timestamptz);
create table switched_off (name varchar(20), updated_at timestamptz not null default now());
create trigger switched_off_now before update on switched_off for each row execute function set_updated_at();
alter table switched_off disable trigger switched_off_now;
create table parents (id uuid primary key);
create domain moment as timestamptz;
create table of_a_parent (
    number integer generated always as identity, parent_id uuid not null references parents, day date not null, updated_at moment
);
create table by_day (name varchar(20), updated_at date);
