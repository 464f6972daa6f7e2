create table things (id uuid);
create table parts (day date) partition by range (day);
