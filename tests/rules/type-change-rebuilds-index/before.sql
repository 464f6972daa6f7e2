create table tasks (id bigint primary key, title varchar(100) not null, priority integer, done boolean not null default false);
create index tasks_title_idx on tasks (lower(title));
