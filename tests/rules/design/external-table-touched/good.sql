create table notes (user_id integer references users);
create view names as select id from users;
grant select on users to public;
create materialized view copies as select id from users;
create publication of_users for table users;
copy users to stdout;
insert into notes values (null);
truncate notes;
