-- harmless: built beside the old one while everybody reads and writes
-- transactional: false
reindex index concurrently orders_placed_at_idx;
