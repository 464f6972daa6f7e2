create table things (name varchar(20), note varchar(20));
comment on column things.name is 'What it is called.';
comment on column things.note is ' ';
