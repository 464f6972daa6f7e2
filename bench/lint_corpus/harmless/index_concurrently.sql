-- harmless: built while everybody reads and writes
-- transactional: false
create index concurrently orders_paid_at_idx on orders (paid_at);
