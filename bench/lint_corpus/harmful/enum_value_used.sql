alter type order_status add value 'refunded';
-- harm: fails (55P04): a new value is not to be used before the transaction that added it has committed
alter table orders alter column status set default 'refunded';
