-- transactional: false
create index metrics_at_idx on only metrics (at);
create index concurrently metrics_2026_at_idx on metrics_2026 (at);
alter index metrics_at_idx attach partition metrics_2026_at_idx;
