create table things (id uuid primary key, name varchar(20), updated_at timestamptz not null default now());
-- a row is there or not
create table pairs (a uuid, b uuid, made_at timestamptz not null default now(), primary key (a, b));
create domain moment as timestamptz not null default now();
create table ties (a uuid, b uuid, made_at moment, primary key (a, b));
