-- harmless: in UTC a timestamp and a timestamptz are the same bytes, and PostgreSQL knows it
set local timezone = 'UTC';
alter table orders alter column printed_at type timestamptz;
