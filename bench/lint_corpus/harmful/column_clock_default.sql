-- harm: locks: clock_timestamp() is volatile, so the table is written again
alter table sessions add column seen_at timestamptz not null default clock_timestamp();
