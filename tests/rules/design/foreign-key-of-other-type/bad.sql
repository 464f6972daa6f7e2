create table parents (id integer primary key);
create table children (parent_id bigint references parents);
