create table notes (user_id integer references users);
create view names as select id from users;
grant select on users to public;
