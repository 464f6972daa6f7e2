set local timezone = 'Europe/Vienna';
-- harm: locks: in this time zone every value changes, so the table is written again
alter table orders alter column placed_at type timestamptz;
