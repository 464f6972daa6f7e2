-- harmless: more digits before the point, as many after it: nothing is stored in another way
alter table order_items alter column price type numeric(14, 2);
