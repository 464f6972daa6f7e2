create table things (value timestamptz);
create table lists (vals timestamptz[]);
