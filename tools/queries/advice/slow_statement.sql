-- Which statements of this database take the most time, all in all and each time?
select
  s.queryid::text as name,
  s.calls,
  s.total_exec_time as total_ms,
  s.mean_exec_time as mean_ms,
  s.rows,
  s.shared_blks_hit + s.shared_blks_read as pages,
  s.total_exec_time / nullif(sum(s.total_exec_time) over (), 0) as share,
  s.query as statement,
  (select extract(epoch from now() - i.stats_reset)::float from pg_stat_statements_info as i) as counted_seconds
from pg_stat_statements as s
where s.dbid = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
  and s.toplevel
order by s.total_exec_time desc, name
limit 50;
