create table tasks (id bigint primary key, title varchar(100) not null, priority integer, done boolean not null default false);
alter table tasks enable row level security;
create policy tasks_all on tasks using (title = current_user);
