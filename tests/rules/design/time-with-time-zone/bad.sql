create table things (value timetz);
create table lists (vals timetz[]);
