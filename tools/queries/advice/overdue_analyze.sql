-- Of which tables does the planner know nothing, or nothing new?
-- pg_partition_tree() would lock all that it names
with parts as materialized (
  select
    pg_partition_root(c.oid) as root,
    sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))) as rows
  from pg_class as c
  where c.relispartition
    and c.relkind = 'r'
  group by root
)
select
  format('%I.%I', s.schemaname, s.relname) as name,
  c.relkind = 'p' as partitioned,
  -- nobody analyzes a partitioned table as a whole but by hand
  c.reltuples < 0 as never,
  greatest(
    s.n_live_tup,
    c.reltuples,
    p.rows
  )::bigint as rows,
  s.n_mod_since_analyze as changed_rows,
  (o.threshold + o.scale * greatest(c.reltuples, 0))::bigint as threshold,
  o.is_on as autovacuum,
  extract(epoch from now() - greatest(s.last_analyze, s.last_autoanalyze))::float as analyzed_seconds
from pg_stat_all_tables as s
join pg_class as c on c.oid = s.relid
left join parts as p on p.root = c.oid
cross join lateral (
  select
    coalesce(
      max(w.option_value) filter (where w.option_name = 'autovacuum_analyze_threshold'),
      current_setting('autovacuum_analyze_threshold')
    )::float as threshold,
    coalesce(
      max(w.option_value) filter (where w.option_name = 'autovacuum_analyze_scale_factor'),
      current_setting('autovacuum_analyze_scale_factor')
    )::float as scale,
    coalesce(max(w.option_value) filter (where w.option_name = 'autovacuum_enabled'), 'on')::boolean
      and current_setting('autovacuum')::boolean as is_on
  from pg_options_to_table(c.reloptions) as w
) as o
where c.relkind in ('r', 'm', 'p')
  and s.schemaname !~ '^pg_'
  and s.schemaname <> 'information_schema'
order by rows desc, name;
