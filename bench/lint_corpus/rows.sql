-- The rows of the shop: twelve tables of more than ten thousand, three small ones, an empty one.
insert into countries
values ('AT', 'Austria', 'Europe'), ('CH', 'Switzerland', 'Europe'), ('DE', 'Germany', 'Europe');

-- every fourth customer has no phone, and the others share few numbers
insert into customers (email, name, phone, city, country, legacy_number)
select
  'user' || n || '@example.com',
  'User ' || n,
  case when n % 4 > 0 then '+43 1 ' || n % 50 end,
  'City ' || n % 300,
  (array['AT', 'CH', 'DE'])[1 + n % 3],
  n
from generate_series(1, 20000) as n;

insert into orders (number, customer_id, status, total, channel, coupon, note, delivered_by, placed_at, paid_at)
select
  n,
  1 + n % 20000,
  (array['new', 'paid', 'shipped'])[1 + n % 3]::order_status,
  n % 500,
  'web',
  case when n % 5 = 0 then 'SPRING' end,
  'note ' || n,
  'post',
  timestamp '2025-01-01 08:00' + n * interval '10 minutes',
  case when n % 3 > 0 then timestamptz '2025-01-01 08:00+00' + n * interval '11 minutes' end
from generate_series(1, 30000) as n;

insert into products (sku, title, price)
select 'SKU-' || n, 'Product ' || n, n
from generate_series(1, 200) as n;

-- every line has its order and product; no warehouse is known to anybody
insert into order_items (order_id, line, product_id, warehouse_id, price, amount)
select 1 + n / 2, n % 2, 1 + n % 200, n % 7, n % 90, n
from generate_series(0, 59999) as n;

insert into order_archive select n, n, n % 500 from generate_series(1, 15000) as n;
insert into carts (customer_id) select n from generate_series(1, 15000) as n;

-- two of three sessions are over
insert into sessions (customer_id, kind, expires_at)
select n, (array['web', 'app'])[1 + n % 2], timestamptz '2026-01-01 00:00+00' + (n % 3 - 1) * interval '1000 days'
from generate_series(1, 30000) as n;

insert into bookings (room, during)
select n % 50, tstzrange('2026-01-01 00:00+00'::timestamptz + n / 50 * interval '1 hour',
                         '2026-01-01 01:00+00'::timestamptz + n / 50 * interval '1 hour')
from generate_series(0, 14999) as n;

insert into events
select timestamptz '2025-01-01 00:00+00' + n * interval '1 hour', 'view', '{}'
from generate_series(0, 44999) as n;

insert into metrics select date '2025-01-01' + n % 730, 'metric ' || n % 40, n from generate_series(0, 29999) as n;

refresh materialized view customer_totals;
analyze;
