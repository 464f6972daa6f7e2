-- harm: locks: eight bytes instead of four in every row
alter table order_items alter column warehouse_id type bigint;
