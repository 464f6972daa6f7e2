create table things (a integer);
create index things_a_idx on things (a);
