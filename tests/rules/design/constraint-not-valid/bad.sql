create table things (size integer);
alter table things add constraint things_size_check check (size > 0) not valid;
