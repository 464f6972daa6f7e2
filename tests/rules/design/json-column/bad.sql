create table things (value json);
create table lists (vals json[]);
