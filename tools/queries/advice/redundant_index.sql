-- Which B-tree indexes are the beginning of a longer one?
with keyed as (
  select
    i.indexrelid,
    i.indrelid,
    i.indnkeyatts,
    array(
      select concat_ws(
        ' ',
        k.attnum,
        case when k.attnum = 0 then pg_get_indexdef(i.indexrelid, k.position::integer, false) end,
        i.indclass[k.position - 1],
        i.indcollation[k.position - 1],
        i.indoption[k.position - 1]
      )
      from unnest(i.indkey::smallint[]) with ordinality as k (attnum, position)
      where k.position <= i.indnkeyatts
      order by k.position
    ) as keys,
    (i.indkey::smallint[])[i.indnkeyatts:i.indnatts - 1] as included,
    i.indkey::smallint[] as columns,
    coalesce(pg_get_expr(i.indpred, i.indrelid), '') as predicate,
    -- a unique one says something that the longer one does not; part of a partitioned one cannot be dropped alone
    x.relispartition or i.indisunique or i.indisreplident or i.indisclustered as is_needed
  from pg_index as i
  join pg_class as x on x.oid = i.indexrelid
  join pg_am as m on m.oid = x.relam
  join pg_namespace as n on n.oid = x.relnamespace
  where i.indisvalid
    and m.amname = 'btree'
    and n.nspname !~ '^pg_'
    and not exists (
      select from pg_depend as e
      where e.classid = 'pg_class'::regclass
        and e.objid = i.indrelid
        and e.deptype = 'e'
    )
),
-- a partitioned index has its pages in its parts
parts as materialized (
  select
    pg_partition_root(c.oid) as root,
    sum(greatest(c.relpages, 0)) as pages
  from pg_class as c
  where c.relispartition
    and c.relkind = 'i'
  group by root
)
select distinct on (a.indexrelid)
  format('%I.%I', n.nspname, x.relname) as name,
  format('%I.%I', n.nspname, c.relname) as table,
  format('%I.%I', n.nspname, y.relname) as kept,
  x.relkind = 'I' as partitioned,
  coalesce(z.pages, greatest(x.relpages, 0))::bigint * current_setting('block_size')::bigint as size_bytes,
  coalesce(k.pages, greatest(y.relpages, 0))::bigint * current_setting('block_size')::bigint as kept_size_bytes,
  pg_get_indexdef(x.oid) as definition
from keyed as a
join keyed as b
  on b.indrelid = a.indrelid
  and b.indnkeyatts > a.indnkeyatts
  and b.keys[:a.indnkeyatts] = a.keys
  and b.predicate = a.predicate
  and b.columns @> a.included
join pg_class as x on x.oid = a.indexrelid
join pg_class as y on y.oid = b.indexrelid
join pg_class as c on c.oid = a.indrelid
join pg_namespace as n on n.oid = x.relnamespace
left join parts as z on z.root = x.oid
left join parts as k on k.root = y.oid
where not a.is_needed
order by a.indexrelid, b.indnkeyatts, b.indexrelid;
