-- harm: fails (42P16): a view that is replaced keeps its columns
create or replace view open_orders as
select o.id, o.number, o.total
from orders as o
where o.status = 'paid';
