create domain number as integer;
create table parents (id integer primary key);
create table children (parent_id number references parents);
