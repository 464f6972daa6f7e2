create table things (a integer primary key, b integer check (b > 0), unique (a, b));
