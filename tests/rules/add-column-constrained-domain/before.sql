create domain positive as integer check (value > 0);
create table tasks (id bigint primary key, title varchar(100) not null, priority integer, done boolean not null default false);
