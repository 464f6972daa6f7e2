create table things (id uuid primary key);
create table others (id uuid primary key, created_at timestamptz default now());
create table thirds (id uuid primary key, created_at timestamptz not null);
