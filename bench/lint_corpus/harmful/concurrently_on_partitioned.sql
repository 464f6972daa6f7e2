-- transactional: false
-- harm: fails (0A000): no index is built concurrently on a partitioned table
create index concurrently events_kind_idx on events (kind);
