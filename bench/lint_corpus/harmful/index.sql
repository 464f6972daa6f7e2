-- harm: locks: nobody may write to the orders while the index is built
create index orders_delivered_by_idx on orders (delivered_by);
