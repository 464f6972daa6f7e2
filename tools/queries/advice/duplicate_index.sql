-- Which indexes hold what another one holds, key by key?
with keyed as (
  select
    i.indexrelid,
    i.indrelid,
    i.indisunique,
    i.indnullsnotdistinct,
    i.indimmediate,
    -- what a key is: column or expression, operator class (which says the method), collation, direction
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
    case
      when i.indisprimary then 0
      when o.conname is not null then 1
      when i.indisunique then 2
      else 3
    end as rank,
    -- nor can the part of a partitioned index be dropped alone
    x.relispartition or i.indisprimary or i.indisreplident or i.indisclustered or exists (
      select from pg_constraint as f
      where f.conindid = i.indexrelid
        and f.contype in ('f', 'x')
    ) as is_needed,
    o.conname
  from pg_index as i
  join pg_class as x on x.oid = i.indexrelid
  join pg_namespace as n on n.oid = x.relnamespace
  left join pg_constraint as o on o.conindid = i.indexrelid and o.contype in ('p', 'u')
  where i.indisvalid
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
  quote_ident(a.conname) as constraint,
  x.relkind = 'I' as partitioned,
  coalesce(z.pages, greatest(x.relpages, 0))::bigint * current_setting('block_size')::bigint as size_bytes,
  pg_get_indexdef(x.oid) as definition
from keyed as a
join keyed as b
  on b.indrelid = a.indrelid
  and b.indexrelid <> a.indexrelid
  and b.keys = a.keys
  and b.predicate = a.predicate
  and b.columns @> a.included
  and (
    not a.indisunique
    or (b.indisunique and b.indnullsnotdistinct = a.indnullsnotdistinct and b.indimmediate = a.indimmediate)
  )
join pg_class as x on x.oid = a.indexrelid
join pg_class as y on y.oid = b.indexrelid
join pg_class as c on c.oid = a.indrelid
join pg_namespace as n on n.oid = x.relnamespace
left join parts as z on z.root = x.oid
where not a.is_needed
  -- of two that could replace each other the lesser one is named
  and (
    not (b.columns @> a.included and a.columns @> b.included and (a.indisunique or not b.indisunique) and not b.is_needed)
    or (a.rank, a.indexrelid) > (b.rank, b.indexrelid)
  )
order by a.indexrelid, b.rank, b.indexrelid;
