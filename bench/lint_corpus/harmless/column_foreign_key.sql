-- harmless: the new column is null in every row, and PostgreSQL knows that there is nothing to look up
alter table orders add column voucher_id bigint references vouchers (id) on delete set null;
