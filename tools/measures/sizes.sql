-- How many rows has each table, as far as the server has counted? Nothing is opened that somebody has locked.
with recursive part (root, oid) as (
  select c.oid, c.oid
  from pg_catalog.pg_class as c
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm')
    and n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'schema_tools')
    and c.relname !~ '^_?yoyo_'
  union all
  select part.root, i.inhrelid
  from part
  join pg_catalog.pg_inherits as i on i.inhparent = part.oid
  join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relispartition
),
locked as (
  select l.relation as oid
  from pg_catalog.pg_locks as l
  where l.locktype = 'relation'
    and l.mode = 'AccessExclusiveLock'
),
counted as (
  select
    part.root,
    sum(greatest(p.reltuples, 0)) filter (where p.relkind in ('r', 'm')) as rows,
    bool_or(
      case
        when p.relkind not in ('r', 'm') or p.reltuples >= 0 then false
        when p.oid in (select locked.oid from locked) then true
        else pg_relation_size(p.oid) > 0
      end
    ) as is_unknown
  from part
  join pg_catalog.pg_class as p on p.oid = part.oid
  group by part.root
)
select
  format('%I.%I', n.nspname, c.relname) as name,
  case when not counted.is_unknown then coalesce(counted.rows, 0) end::bigint as rows
from counted
join pg_catalog.pg_class as c on c.oid = counted.root
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
order by 1;
