alter table orders add column archived boolean not null default false;
-- harm: locks: the lock of the statement before is held while all orders are copied
create table order_copies as
select o.id, o.number, o.total, i.line, i.price
from orders as o
join order_items as i on i.order_id = o.id;
