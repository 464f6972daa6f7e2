create table users (id integer primary key);
create policy everybody on users using (true);
