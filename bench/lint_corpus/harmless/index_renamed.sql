-- harmless: no query names an index
alter index orders_placed_at_idx rename to orders_by_time_idx;
