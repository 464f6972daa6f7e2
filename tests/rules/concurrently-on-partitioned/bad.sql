-- transactional: false
create index concurrently metrics_at_idx on metrics (at);
