create table things (done_on date, made_on date not null, name varchar(20));
comment on column things.done_on is 'The day of completion; null while it is open.';
comment on column things.made_on is 'The day it was made.';
