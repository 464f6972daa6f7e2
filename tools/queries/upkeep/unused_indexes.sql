-- Which indexes has nobody used since the statistics were reset, the largest first?
select s.relname, s.indexrelname, pg_size_pretty(pg_relation_size(s.indexrelid)) as size, s.idx_scan
from pg_stat_user_indexes as s
join pg_index as i using (indexrelid)
where not i.indisunique
  and s.idx_scan = 0
order by pg_relation_size(s.indexrelid) desc;
