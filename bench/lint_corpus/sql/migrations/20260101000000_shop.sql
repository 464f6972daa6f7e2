-- The shop as it runs: what every file of the corpus meets.
create extension btree_gist;

do $$
begin
  if not exists (select from pg_roles where rolname = 'lint_corpus_shop') then
    create role lint_corpus_shop nologin;
  end if;
end
$$;

create type order_status as enum ('new', 'paid', 'shipped', 'cancelled');
create domain cents as bigint;
create domain percent as integer check (value between 0 and 100);

create table countries (
  code char(2) primary key,
  name varchar(80) not null,
  region varchar(40)
);

create table customers (
  id bigint generated always as identity primary key,
  email varchar(120) not null,
  name varchar(80) not null,
  phone varchar(20),
  city varchar(60),
  country char(2) not null references countries (code),
  legacy_number integer not null,
  updated_at timestamptz not null default now()
);
create unique index customers_email_lower_idx on customers (lower(email));
create unique index customers_legacy_number_idx on customers (legacy_number);
create index customers_city_idx on customers (city);

create function touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger customers_touch before update on customers for each row execute function touch();

create table vouchers (
  id bigint generated always as identity primary key,
  code varchar(30) not null unique
);

create table orders (
  id bigint generated always as identity primary key,
  number integer not null,
  customer_id bigint not null references customers (id) on delete cascade,
  status order_status not null default 'new',
  total numeric(10, 2) not null constraint orders_total_check check (total >= 0),
  currency varchar(3) not null default 'EUR' constraint orders_currency_check check (currency in ('EUR', 'CHF')),
  channel varchar(20) constraint orders_channel_given check (channel is not null),
  coupon varchar(20) constraint orders_coupon_check check (coupon = upper(coupon)),
  note text,
  delivered_by text,
  placed_at timestamp not null,
  printed_at timestamp,
  paid_at timestamptz
);
alter table orders add constraint orders_note_length check (length(note) < 2000) not valid;
create index orders_customer_id_idx on orders (customer_id);
create index orders_placed_at_idx on orders (placed_at);
create index orders_unpaid_idx on orders (id) where paid_at is null;

create table products (
  id bigint generated always as identity primary key,
  sku varchar(20) not null unique,
  title varchar(200) not null,
  price numeric(10, 2) not null
);

create table order_items (
  order_id bigint not null,
  line integer not null,
  product_id bigint not null,
  warehouse_id integer not null,
  price numeric(10, 2) not null,
  amount cents not null default 0,
  primary key (order_id, line)
);
create index order_items_product_id_idx on order_items (product_id);

-- a new price goes to every line of the product that is in a basket
create function reprice() returns trigger language plpgsql as $$
begin
  update order_items set price = new.price where product_id = new.id;
  return null;
end
$$;
create trigger products_reprice after update of price on products for each row execute function reprice();

create table order_archive (order_id bigint not null, number integer not null, total numeric(10, 2) not null);

create table carts (
  id bigint generated always as identity primary key,
  customer_id bigint not null,
  content jsonb not null default '{}'
);
create unique index carts_customer_id_idx on carts (customer_id);
alter table carts enable row level security;
create policy carts_owner on carts using (customer_id = current_setting('shop.customer', true)::bigint);

create table sessions (
  id bigint generated always as identity primary key,
  customer_id bigint not null,
  kind text not null,
  expires_at timestamptz not null
);

create table bookings (
  id bigint generated always as identity primary key,
  room integer not null,
  during tstzrange not null
);

create table events (at timestamptz not null, kind varchar(30) not null, body jsonb) partition by range (at);
create table events_2025 partition of events for values from ('2025-01-01 00:00+00') to ('2026-01-01 00:00+00');
create table events_2026 partition of events for values from ('2026-01-01 00:00+00') to ('2027-01-01 00:00+00');
create table events_other partition of events default;

create table metrics (day date not null, name varchar(30) not null, value bigint not null) partition by range (day);
create table metrics_2025 partition of metrics for values from ('2025-01-01') to ('2026-01-01');
create table metrics_2026 partition of metrics for values from ('2026-01-01') to ('2027-01-01');

create view open_orders as
select o.id, o.number, o.customer_id, o.total
from orders as o
where o.status = 'paid';

create materialized view customer_totals as
select o.customer_id, sum(o.total) as total, count(*) as orders
from orders as o
group by o.customer_id;
create unique index customer_totals_customer_id_idx on customer_totals (customer_id);

create function order_label(number integer) returns text language sql immutable as $$ select 'O-' || number $$;

grant select, insert, update, delete on customers, orders, order_items, carts, sessions to lint_corpus_shop;
grant select on countries, products, open_orders, customer_totals to lint_corpus_shop;
