create table things (id uuid primary key);
create table others (id uuid primary key, created_at timestamptz default now());
create table thirds (id uuid primary key, created_at timestamptz not null);
create table fourths (id uuid primary key, made_on date not null default now());
create table fifths (id uuid primary key, updated_at timestamptz not null default now());
