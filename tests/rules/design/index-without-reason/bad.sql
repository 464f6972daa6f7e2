create table things (a integer);
create index things_a_idx on things (a);
create index things_a_idx1 on things (a desc);
comment on index things_a_idx1 is ' ';
