-- Who holds, or waits for, a lock on a table, and for how long is its transaction open?
select
  format('%I.%I', n.nspname, c.relname) as relation,
  l.mode,
  l.granted,
  l.pid,
  a.usename::text as role,
  coalesce(nullif(a.application_name, ''), a.backend_type) as application,
  a.state,
  extract(epoch from clock_timestamp() - a.xact_start)::float8 as age
from pg_catalog.pg_locks as l
join pg_catalog.pg_class as c on c.oid = l.relation
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'relation'
  and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
  and l.pid is distinct from pg_backend_pid()
  and c.oid >= 16384 -- what initdb makes has smaller numbers: FirstNormalObjectId in access/transam.h
  and c.relkind in ('r', 'p', 'm', 'v', 'f')
order by a.xact_start, l.pid, relation, l.mode;
