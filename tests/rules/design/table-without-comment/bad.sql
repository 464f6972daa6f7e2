create table things (id uuid);
create table parts (day date) partition by range (day);
create table blanks (id uuid);
comment on table blanks is ' ';
