-- How much WAL does each replication slot keep, and does anybody read it?
select
  s.slot_name::text as name,
  quote_literal(s.slot_name) as literal,
  s.slot_type as type,
  s.active,
  s.temporary,
  s.wal_status as status,
  pg_wal_lsn_diff(
    -- a standby writes no WAL: it has what it received
    case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
    s.restart_lsn
  )::bigint as kept_bytes,
  age(s.xmin) as held_transactions,
  age(s.catalog_xmin) as held_catalog_transactions
from pg_replication_slots as s
order by kept_bytes desc nulls last, name;
