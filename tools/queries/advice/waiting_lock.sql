-- Who waits for a lock, and for whom?
select
  l.pid::text as name,
  coalesce(format('%I.%I', n.nspname, c.relname), l.locktype) as object,
  l.mode,
  extract(epoch from clock_timestamp() - l.waitstart)::float as waiting_seconds,
  array_to_string(pg_blocking_pids(l.pid), ', ') as blockers
from pg_locks as l
left join pg_class as c
  on c.oid = l.relation
  and l.database = (select d.oid from pg_database as d where d.datname = current_database())
left join pg_namespace as n on n.oid = c.relnamespace
where not l.granted
order by l.waitstart, l.pid;
