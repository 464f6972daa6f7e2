create table things (a integer);
