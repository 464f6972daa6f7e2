create table things (a integer, b integer, c integer, primary key (a, b));
create index things_b_idx on things (b);
create index things_a_c_idx on things (a, c);
create unique index things_a_idx on things (a);
create index things_a_where_c_idx on things (a) where c > 0;
create index things_a_hash_idx on things using hash (a);
create table texts (a text);
create index texts_a_idx on texts (a);
create index texts_a_pattern_idx on texts (a text_pattern_ops);
