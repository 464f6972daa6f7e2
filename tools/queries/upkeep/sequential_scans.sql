-- Which tables are read whole, those with most rows read first?
select relname, seq_scan, seq_tup_read, idx_scan, n_live_tup
from pg_stat_user_tables
where seq_scan > 0
order by seq_tup_read desc
limit 20;
