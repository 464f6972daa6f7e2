-- harm: fails (25001): a concurrent build takes no transaction, and the file is run in one
create index concurrently orders_paid_at_idx on orders (paid_at);
