create domain points as integer;
create table games (id bigint primary key, score points);
