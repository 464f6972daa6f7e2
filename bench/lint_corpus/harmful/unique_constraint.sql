-- harm: locks: the index is built while nobody may read
alter table orders add constraint orders_number_key unique (number);
