-- Keep what a customer has in the cart.
insert into carts (customer_id, content)
values ($1, $2)
on conflict (customer_id) do update set content = excluded.content;
