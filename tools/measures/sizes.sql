-- How many rows has each table, as far as the server has counted?
select
  format('%I.%I', n.nspname, c.relname) as name,
  (
    select
      case
        when bool_or(p.reltuples < 0 and pg_relation_size(p.oid) > 0) then null
        else coalesce(sum(greatest(p.reltuples, 0)), 0)
      end
    from pg_catalog.pg_class as p
    where p.relkind in ('r', 'm')
      and (p.oid = c.oid or p.oid in (select t.relid from pg_partition_tree(c.oid) as t))
  )::bigint as rows
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname !~ '^_?yoyo_'
order by 1;
