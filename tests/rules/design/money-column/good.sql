create table things (value numeric(12, 2));
create table lists (vals numeric(12, 2)[]);
