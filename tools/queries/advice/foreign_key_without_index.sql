-- Which foreign keys have no index on their own columns, so that each delete or new key on the other side reads all?
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
  format('%I.%I.%I', n.nspname, c.relname, f.conname) as name,
  format('%I.%I', n.nspname, c.relname) as table,
  format('%I.%I', m.nspname, p.relname) as referenced,
  (
    select string_agg(quote_ident(a.attname), ', ' order by k.position)
    from unnest(f.conkey) with ordinality as k (attnum, position)
    join pg_attribute as a on a.attrelid = f.conrelid and a.attnum = k.attnum
  ) as columns,
  c.relkind = 'p' as partitioned,
  greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), q.rows)::bigint as rows,
  -- an update that leaves the key alone looks for nothing
  coalesce(pg_stat_get_tuples_deleted(p.oid), 0) as referenced_deletes
from pg_constraint as f
join pg_class as c on c.oid = f.conrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_class as p on p.oid = f.confrelid
join pg_namespace as m on m.oid = p.relnamespace
left join parts as q on q.root = c.oid
where f.contype = 'f'
  and f.conparentid = 0
  and not exists (
    select from pg_index as i
    where i.indrelid = f.conrelid
      and i.indisvalid
      and (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey
      and (
        i.indpred is null
        -- rows that point nowhere need not be in it
        or pg_get_expr(i.indpred, i.indrelid) in (
          select format('(%I IS NOT NULL)', a.attname)
          from pg_attribute as a
          where a.attrelid = f.conrelid
            and a.attnum = any (f.conkey)
        )
      )
  )
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by rows desc, name;
