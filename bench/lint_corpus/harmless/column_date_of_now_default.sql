-- harmless: now() and its cast to date are stable, so it is reckoned once for all rows
alter table orders add column booked_on date not null default (now() at time zone 'utc')::date;
