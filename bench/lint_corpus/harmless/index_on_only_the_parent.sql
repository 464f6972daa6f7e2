-- harmless: the first step for partitioned tables: an index of the parent alone, which has no rows
create index events_kind_idx on only events (kind);
