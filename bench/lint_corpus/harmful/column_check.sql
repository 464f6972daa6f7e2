-- harm: locks: a CHECK that comes with the column is proved by reading every row
alter table orders add column rating integer check (rating between 1 and 5);
