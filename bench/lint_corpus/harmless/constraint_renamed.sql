-- harmless: no query of the release names the constraint
alter table orders rename constraint orders_total_check to orders_total_is_positive;
