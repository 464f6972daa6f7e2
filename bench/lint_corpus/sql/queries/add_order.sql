-- Take an order.
insert into orders (number, customer_id, total, channel, placed_at)
values ($1, $2, $3, $4, now())
returning id;
