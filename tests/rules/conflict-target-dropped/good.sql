create table users_by_email (email text primary key);
