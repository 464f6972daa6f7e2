lock table order_items in access exclusive mode;
-- harm: locks: nobody may read the lines while they are all summed up
create table line_totals as
select i.order_id, sum(i.price) as total
from order_items as i
group by i.order_id;
