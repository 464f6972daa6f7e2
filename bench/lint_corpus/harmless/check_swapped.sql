-- harmless: one statement, no row read, and what was allowed still is
alter table orders
  drop constraint orders_currency_check,
  add constraint orders_currency_check check (currency in ('EUR', 'CHF', 'USD')) not valid;
