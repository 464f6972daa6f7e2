create table events (number integer);
create unique index events_number_idx on events (number);
