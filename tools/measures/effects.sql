-- What does this session's transaction hold, and what has it read and written, relation by relation?
select
  l.relation::bigint as oid,
  case when c.oid is not null then format('%I.%I', n.nspname, c.relname) end as name,
  c.relkind::text as kind,
  coalesce(i.indrelid, c.oid)::bigint as table_oid,
  coalesce(pg_relation_filenode(c.oid), 0)::bigint as storage,
  coalesce(i.indisvalid, true) as valid,
  c.relname::text as bare,
  array_agg(distinct l.mode) as modes,
  pg_stat_get_xact_numscans(l.relation) as scans,
  pg_stat_get_xact_tuples_returned(l.relation) as returned,
  pg_stat_get_xact_tuples_fetched(l.relation) as fetched,
  pg_stat_get_xact_tuples_updated(l.relation) + pg_stat_get_xact_tuples_deleted(l.relation) as changed
from pg_catalog.pg_locks as l
left join pg_catalog.pg_class as c on c.oid = l.relation
left join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
left join pg_catalog.pg_index as i on i.indexrelid = c.oid
where l.pid = pg_backend_pid()
  and l.locktype = 'relation'
  and l.granted
  and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
  and l.relation >= 16384 -- what initdb makes has smaller numbers: FirstNormalObjectId in access/transam.h
  -- what the file itself makes has larger numbers than all that was there, and is nobody's yet
  and coalesce(i.indrelid, l.relation)::bigint
    <= coalesce(nullif(current_setting('schema_tools.newest', true), ''), '4294967295')::bigint
  and (
    c.oid is null -- dropped: who asks knows its name
    or c.relkind in ('r', 'p', 'm', 'v', 'f', 'i', 'I', 'S')
    and n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'schema_tools')
    and c.relname !~ '^_?yoyo_'
  )
group by l.relation, c.oid, c.relname, c.relkind, n.nspname, i.indrelid, i.indisvalid;
