create table things (id uuid);
comment on table things is 'Something.';
create table parts (day date) partition by range (day);
comment on table parts is 'Something by day.';
-- a partition is its parent's
create table parts_1 partition of parts default;
