create table things (value timestamp);
create table lists (vals timestamp[]);
