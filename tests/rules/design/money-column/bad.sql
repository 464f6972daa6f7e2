create table things (value money);
create table lists (vals money[]);
