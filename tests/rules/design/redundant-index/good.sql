create table things (a integer, b integer, c integer, primary key (a, b));
create index things_b_idx on things (b);
create index things_a_c_idx on things (a, c);
create unique index things_a_idx on things (a);
create index things_a_where_c_idx on things (a) where c > 0;
create index things_a_hash_idx on things using hash (a);
create table texts (a text);
create index texts_a_idx on texts (a);
create index texts_a_pattern_idx on texts (a text_pattern_ops);
create table carried (a integer, b integer, c integer);
create index carried_a_b_idx on carried (a) include (b);
create index carried_a_c_idx on carried (a) include (c);
create index carried_a_b_c_idx on carried (b) include (a, c);
-- each forbids something that the other one allows, or allows it for a moment
create table nulls_too (a integer);
create unique index nulls_too_a_idx on nulls_too (a);
create unique index nulls_too_a_idx1 on nulls_too (a) nulls not distinct;
create table later (a integer unique deferrable);
create unique index later_a_idx on later (a);
create table shapes (a box, b box);
create index shapes_a_idx on shapes using gist (a);
create index shapes_a_b_idx on shapes using gist (a, b);
-- one that no query uses replaces nothing
create table parts (a integer) partition by range (a);
create table parts_1 partition of parts default;
create index parts_a_idx on only parts (a);
create index parts_a_idx1 on parts (a);
-- by it subscribers tell the rows apart
create table told (a integer primary key, b integer not null unique);
create unique index told_b_idx on told (b);
alter table told replica identity using index told_b_idx;
