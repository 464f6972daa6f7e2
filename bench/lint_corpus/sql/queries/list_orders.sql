-- What did a customer order?
select o.id, order_label(o.number) as label, o.status, o.total, o.placed_at
from orders as o
where o.customer_id = $1
order by o.placed_at desc;
