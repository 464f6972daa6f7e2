alter table order_items add constraint order_items_price_check check (price >= 0) not valid;
-- harm: locks: the lock of the statement before is still held while every row is read
alter table order_items validate constraint order_items_price_check;
