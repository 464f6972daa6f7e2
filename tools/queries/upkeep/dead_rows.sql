-- Which tables have dead rows, and when were they vacuumed?
select relname, n_live_tup, n_dead_tup, last_autovacuum, last_autoanalyze
from pg_stat_user_tables
where n_dead_tup > 1000
order by n_dead_tup desc;
