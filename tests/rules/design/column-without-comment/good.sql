create table things (name varchar(20));
comment on column things.name is 'What it is called.';
