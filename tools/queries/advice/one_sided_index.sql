-- Which plain indexes of one column hold mostly nulls, or mostly one value?
-- a partitioned index has its pages in its parts
with parts as materialized (
  select
    pg_partition_root(c.oid) as root,
    sum(greatest(c.relpages, 0)) as pages
  from pg_class as c
  where c.relispartition
    and c.relkind = 'i'
  group by root
)
select
  format('%I.%I', n.nspname, x.relname) as name,
  format('%I.%I', n.nspname, c.relname) as table,
  quote_ident(a.attname) as column,
  m.amname as method,
  c.relkind = 'p' as partitioned,
  s.null_frac::float as null_share,
  s.most_common_freqs[1]::float as value_share,
  coalesce(z.pages, greatest(x.relpages, 0))::bigint * current_setting('block_size')::bigint as size_bytes
from pg_index as i
join pg_class as x on x.oid = i.indexrelid
join pg_am as m on m.oid = x.relam
join pg_class as c on c.oid = i.indrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
join pg_stats as s
  on s.schemaname = n.nspname
  and s.tablename = c.relname
  and s.attname = a.attname
  and s.inherited = (c.relkind = 'p')
left join parts as z on z.root = x.oid
where i.indisvalid
  and i.indnatts = 1
  and i.indpred is null
  and not i.indisunique
  and not i.indisexclusion
  and m.amname in ('btree', 'hash')
  and not x.relispartition
order by size_bytes desc, name;
