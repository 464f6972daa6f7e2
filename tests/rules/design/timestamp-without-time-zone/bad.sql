create table things (value timestamp);
create table lists (vals timestamp[]);
create domain moment as timestamp;
create table seen (at moment);
