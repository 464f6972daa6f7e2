create table things (value varchar(3));
create table lists (vals varchar(3)[]);
