-- harm: loses: fifteen thousand archived orders
drop table order_archive;
