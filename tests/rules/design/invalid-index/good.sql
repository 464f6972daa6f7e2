create table things (a integer) partition by range (a);
create table things_1 partition of things default;
create index things_a_idx on things (a);
