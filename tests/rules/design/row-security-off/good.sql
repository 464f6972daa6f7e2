create table users (id uuid primary key, name varchar(20));
create table notes (user_id uuid references users);
alter table notes enable row level security;
create table colors (name varchar(20));
create table shades (name varchar(20) primary key);
create table likes (shade varchar(20) references shades);
alter table users add column invited_by uuid references users;
