-- harm: locks: the whole table is written again while nobody may read
alter table sessions set unlogged;
