set local timezone = 'UTC';
-- harm: locks: the rows stay as they are, but the index has another operator class, and is built again
alter table orders alter column placed_at type timestamptz;
