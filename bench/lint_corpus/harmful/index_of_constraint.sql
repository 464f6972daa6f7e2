-- harm: fails (2BP01): the index belongs to the primary key
drop index order_items_pkey;
