-- Which indexes are not valid, so that every write pays for them and no query reads them?
select
  format('%I.%I', n.nspname, x.relname) as name,
  format('%I.%I', n.nspname, c.relname) as table,
  x.relkind = 'I' as partitioned,
  x.relname ~ '_cc(new|old)[0-9]*$' as leftover,
  i.indisunique as unique,
  greatest(x.relpages, 0)::bigint * current_setting('block_size')::bigint as size_bytes,
  -- as create and reindex concurrently hold it, and vacuum
  exists (
    select from pg_locks as l
    where l.relation = c.oid
      and l.database = (select d.oid from pg_database as d where d.datname = current_database())
      and l.mode = 'ShareUpdateExclusiveLock'
      and l.granted
  ) as busy
from pg_index as i
join pg_class as x on x.oid = i.indexrelid
join pg_class as c on c.oid = i.indrelid
join pg_namespace as n on n.oid = x.relnamespace
where not (i.indisvalid and i.indisready and i.indislive)
order by name;
