-- harm: locks: the index is built on every partition, and meanwhile no event is written
create index events_kind_idx on events (kind);
