-- Which tables have more dead rows than autovacuum lets stand, and which does it leave alone?
select
  format('%I.%I', s.schemaname, s.relname) as name,
  greatest(c.reltuples, 0)::bigint as rows,
  s.n_dead_tup as dead_rows,
  least(
    o.threshold + o.scale * greatest(c.reltuples, 0),
    -- since 18
    nullif(o.most, -1)
  )::bigint as threshold,
  o.is_on as autovacuum,
  extract(epoch from now() - greatest(s.last_vacuum, s.last_autovacuum))::float as vacuumed_seconds
from pg_stat_all_tables as s
join pg_class as c on c.oid = s.relid
cross join lateral (
  select
    coalesce(
      max(w.option_value) filter (where w.option_name = 'autovacuum_vacuum_threshold'),
      current_setting('autovacuum_vacuum_threshold')
    )::float as threshold,
    coalesce(
      max(w.option_value) filter (where w.option_name = 'autovacuum_vacuum_scale_factor'),
      current_setting('autovacuum_vacuum_scale_factor')
    )::float as scale,
    coalesce(
      max(w.option_value) filter (where w.option_name = 'autovacuum_vacuum_max_threshold'),
      current_setting('autovacuum_vacuum_max_threshold', true)
    )::float as most,
    coalesce(max(w.option_value) filter (where w.option_name = 'autovacuum_enabled'), 'on')::boolean
      and current_setting('autovacuum')::boolean as is_on
  from pg_options_to_table(c.reloptions) as w
) as o
where c.relkind in ('r', 'm')
  and s.schemaname <> 'information_schema'
  and s.schemaname !~ '^pg_(temp|toast_temp)'
order by s.n_dead_tup desc, name;
