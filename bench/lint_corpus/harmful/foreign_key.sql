-- harm: locks: both tables are read while nobody may write to them
alter table order_items
  add constraint order_items_order_id_fkey foreign key (order_id) references orders (id) on delete cascade;
