create table things (a integer primary key, b integer);
create index things_b_idx on things (b);
comment on index things_b_idx is 'Things by b (list_things).';
