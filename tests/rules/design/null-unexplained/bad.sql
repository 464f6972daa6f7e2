create table things (done_on date);
comment on column things.done_on is 'The day of completion.';
