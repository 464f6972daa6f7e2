-- harm: locks: every row is read while nobody may read
alter table order_items add constraint order_items_price_check check (price >= 0);
