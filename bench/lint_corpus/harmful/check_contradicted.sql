-- harm: fails (23514): many orders are larger
alter table orders add constraint orders_total_limit check (total < 100);
