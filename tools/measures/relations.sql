-- Which relations are there, on which table is each, where is it stored, and is it valid?
select
  c.oid::bigint as oid,
  format('%I.%I', n.nspname, c.relname) as name,
  c.relkind::text as kind,
  coalesce(i.indrelid, c.oid)::bigint as table_oid,
  coalesce(pg_relation_filenode(c.oid), 0)::bigint as storage,
  coalesce(i.indisvalid, true) as valid,
  c.relname::text as bare
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
left join pg_catalog.pg_index as i on i.indexrelid = c.oid
where c.relkind in ('r', 'p', 'm', 'v', 'f', 'i', 'I', 'S')
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname !~ '^_?yoyo_';
