create table things (value time);
create table lists (vals time[]);
