-- harmless: the new column comes last, and the old ones stay
create or replace view open_orders as
select o.id, o.number, o.customer_id, o.total, o.currency
from orders as o
where o.status = 'paid';
