create table things (id uuid primary key, name varchar(20));
create table others (id uuid primary key, updated_at timestamptz);
