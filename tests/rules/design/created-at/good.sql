create table things (id uuid primary key, created_at timestamptz not null default now());
create table grants (id uuid primary key, granted_at timestamptz not null default clock_timestamp());
create domain moment as timestamptz not null default current_timestamp;
create table others (id uuid primary key, made_at moment);
