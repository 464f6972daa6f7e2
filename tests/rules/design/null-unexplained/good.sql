create table things (done_on date, made_on date not null, name varchar(20));
comment on column things.done_on is 'The day of completion; null while it is open.';
comment on column things.made_on is 'The day it was made.';
create table others (
    seen_on date, note varchar(20), size integer, doubled integer generated always as (size * 2) stored
);
comment on column others.seen_on is 'Null at first.';
comment on column others.note is ' ';
comment on column others.doubled is 'Twice the size.';
