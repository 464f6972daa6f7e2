-- Which statements take the most time, all their calls together? Needs the extension pg_stat_statements.
select calls, round(total_exec_time) as total_ms, round(mean_exec_time::numeric, 1) as mean_ms, query
from pg_stat_statements
order by total_exec_time desc
limit 20;
