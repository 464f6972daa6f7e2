create function set_updated_at() returns trigger language plpgsql as
    'begin new.updated_at := old.updated_at; return new; end';
create table things (name varchar(20), updated_at timestamptz not null default now());
create trigger things_set_updated_at before update on things for each row execute function set_updated_at();
create table others (name varchar(20) not null check (name in ('a', 'b')), updated_at timestamptz);
create table switched_off (name varchar(20), updated_at timestamptz not null default now());
create trigger switched_off_now before update on switched_off for each row execute function set_updated_at();
alter table switched_off disable trigger switched_off_now;
