-- harmless: the next writes and the next vacuum look at them
alter table orders set (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
alter table orders alter column note set storage external;
alter table orders alter column customer_id set statistics 500;
create statistics orders_status_statistics on status, currency from orders;
