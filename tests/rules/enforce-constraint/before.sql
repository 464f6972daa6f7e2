create table projects (id bigint primary key);
create table tasks (id bigint primary key, title varchar(100) not null, priority integer, done boolean not null default false, project_id bigint);
alter table tasks add constraint k foreign key (project_id) references projects (id) not enforced;
