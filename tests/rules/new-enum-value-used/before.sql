create type state as enum ('todo', 'done');
create table jobs (id bigint primary key, state state not null default 'todo');
