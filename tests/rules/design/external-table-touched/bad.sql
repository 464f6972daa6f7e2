alter table users add column nickname varchar(20);
insert into users (id) values (1);
