-- harm: locks: the column is reckoned for every row, so the table is written again
alter table orders add column total_with_tax numeric(12, 2) generated always as (total * 1.2) stored;
