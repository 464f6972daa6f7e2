create table things (size integer);
alter table things add constraint things_size_check check (size > 0) not valid;
alter table things validate constraint things_size_check;
