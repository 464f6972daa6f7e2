create table users (id uuid primary key, name varchar(20));
create table notes (user_id uuid references users);
alter table notes enable row level security;
alter table notes force row level security;
create table drafts (user_id uuid references users);
