-- harm: locks: the whole table is written again while nobody may read
cluster orders using orders_placed_at_idx;
