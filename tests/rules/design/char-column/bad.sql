create table things (value char(3));
create table lists (vals char(3)[]);
