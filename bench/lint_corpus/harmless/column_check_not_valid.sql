-- harmless: the check is added in the same statement and not valid, so no row is read
alter table products
  add column weight_grams integer,
  add constraint products_weight_grams_check check (weight_grams > 0) not valid;
