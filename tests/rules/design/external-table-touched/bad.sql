alter table users add column nickname varchar(20);
insert into users (id) values (1);
update users set id = 2;
delete from users;
merge into users using (select 3) as new (id) on users.id = new.id when not matched then insert values (new.id);
copy users (id) from stdin;
4
\.
truncate users;
