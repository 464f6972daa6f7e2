create table tasks (id bigint primary key, title varchar(100) not null, priority integer, done boolean not null default false);
