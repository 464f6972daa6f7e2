-- Tables that are hard to fill: each constraint here once, and names that need quotes.
create schema shop;
create type shop.size as enum ('small', 'medium', 'large');
create domain shop.code as varchar(8) check (value ~ '^[A-Z]{3}$');
create domain shop.score as integer check (value between 1 and 5);
create type shop.dimension as (width integer, height numeric(6, 2), "unit of" text);
create extension btree_gist;

create table shop.tenants (
  id bigint generated always as identity primary key,
  name text not null unique check (length(name) between 3 and 80),
  plan text not null check (plan in ('free', 'team', 'enterprise'))
);

create table shop.people (
  tenant_id bigint not null references shop.tenants,
  id integer not null,
  email text not null check (email like '%@%.%'),
  manager_id integer,
  born date check (born > '1900-01-01'),
  primary key (tenant_id, id),
  foreign key (tenant_id, manager_id) references shop.people (tenant_id, id)
);
create unique index on shop.people (lower(email));

create table shop.items (
  id serial primary key,
  tenant_id bigint not null references shop.tenants,
  code shop.code not null,
  size shop.size not null,
  score shop.score,
  price numeric(4, 2) not null check (price >= 0),
  discount numeric(3, 2) check (discount > 0 and discount < 1),
  box shop.dimension,
  "Odd name" text[] not null check (cardinality("Odd name") <= 3),
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  area integer generated always as (id * 2) stored,
  from_day date not null,
  to_day date not null,
  flag boolean,
  check (to_day >= from_day),
  unique (tenant_id, id)
);

-- what a tenant sells to its own people: the keys share a column
create table shop.sales (
  id uuid primary key,
  tenant_id bigint not null,
  person_id integer not null,
  item_id integer not null,
  place integer not null,
  at timestamptz not null,
  foreign key (tenant_id, person_id) references shop.people (tenant_id, id),
  foreign key (tenant_id, item_id) references shop.items (tenant_id, id),
  unique (person_id, place) deferrable initially deferred
);

create table shop.bookings (
  id integer primary key,
  item_id integer not null references shop.items,
  during tstzrange not null check (not isempty(during)),
  days datemultirange,
  exclude using gist (item_id with =, during with &&)
);

create table shop.notes (
  id integer primary key,
  sale_id uuid references shop.sales,
  item_id integer references shop.items,
  booking_id integer references shop.bookings,
  body varchar(20) not null check (btrim(body) <> ''),
  host inet,
  payload bytea check (octet_length(payload) = 16),
  check (num_nonnulls(sale_id, item_id, booking_id) = 1)
);

create table shop.events (
  at timestamp not null,
  kind text not null,
  item_id integer references shop.items,
  primary key (at, kind)
) partition by range (at);
create table shop.events_1 partition of shop.events for values from ('2024-03-01') to ('2024-04-01');
create table shop.events_2 partition of shop.events for values from ('2024-04-01') to ('2024-05-01')
  partition by list (kind);
create table shop.events_2a partition of shop.events_2 for values in ('click', 'view');

create table shop.spread (id bigint primary key, tenant_id bigint references shop.tenants) partition by hash (id);
create table shop.spread_0 partition of shop.spread for values with (modulus 2, remainder 0);
create table shop.spread_1 partition of shop.spread for values with (modulus 2, remainder 1);

create table shop.profiles (tenant_id bigint primary key references shop.tenants, "order" smallint unique, bio text);

-- each points to the other, one of them need not
create table shop.carts (id integer primary key, last_line integer);
create table shop.lines (id integer primary key, cart_id integer not null references shop.carts);
alter table shop.carts add foreign key (last_line) references shop.lines;

-- points to a row of its own, always; and a domain that takes some numbers of an interval only
create domain shop.odd as integer not null check (value % 2 = 1) check (value < 50);
create table shop.circles (id integer primary key references shop.circles, next integer not null, odd shop.odd);
alter table shop.circles add foreign key (next) references shop.circles;

create table shop.offers (price integer not null check (price in (7, 9)), id integer not null);
create table shop.late_offers (primary key (id)) inherits (shop.offers);

create function shop.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'nobody may write here';
end
$$;
create trigger "Refuse" before insert on shop.notes for each row execute function shop.refuse();
create trigger never before insert on shop.items for each row execute function shop.refuse();
alter table shop.items disable trigger never;
alter table shop.items enable row level security, force row level security;
