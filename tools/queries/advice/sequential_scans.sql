-- Which large tables are read from end to end, again and again?
select
  format('%I.%I', s.schemaname, s.relname) as name,
  greatest(c.reltuples, s.n_live_tup)::bigint as rows,
  greatest(c.relpages, 0)::bigint * current_setting('block_size')::bigint as size_bytes,
  s.seq_scan as sequential_scans,
  s.seq_tup_read as rows_read,
  coalesce(s.idx_scan, 0) as index_scans
from pg_stat_all_tables as s
join pg_class as c on c.oid = s.relid
where s.schemaname !~ '^pg_'
  and s.schemaname <> 'information_schema'
  and s.seq_scan > 0
  and c.relkind in ('r', 'm')
order by s.seq_tup_read desc, name;
