-- harmless: no row is read; a later migration validates it
alter table order_items
  add constraint order_items_product_id_fkey foreign key (product_id) references products (id) not valid;
