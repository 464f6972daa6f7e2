-- harmless: the keys of an empty table are proved at once, and the lock on the orders is gone at once
create table refunds (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders (id) on delete cascade,
  amount numeric(10, 2) not null check (amount > 0),
  refunded_at timestamptz not null default now()
);
create index refunds_order_id_idx on refunds (order_id);
