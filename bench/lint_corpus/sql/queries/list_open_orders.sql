-- Which orders are to be sent?
select o.id, o.number, o.total
from open_orders as o
limit 50;
