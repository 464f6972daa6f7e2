-- harmless: nobody knows the table yet, so nobody waits for its index
create table wishlists (
  id bigint generated always as identity primary key,
  customer_id bigint not null,
  title varchar(100) not null,
  created_at timestamptz not null default now()
);
create index wishlists_customer_id_idx on wishlists (customer_id);
comment on table wishlists is 'What customers would like to have.';
