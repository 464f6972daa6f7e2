-- harm: breaks: nothing keeps a line from being there twice, and on conflict (order_id, line) fails
alter table order_items drop constraint order_items_pkey;
