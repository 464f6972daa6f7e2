-- Which indexes has no query read, of those that no constraint, no foreign key and no replica identity needs?
with keys as (
  select
    i.indexrelid,
    i.indrelid,
    i.indexprs is not null as is_expression,
    (i.indkey::smallint[])[0:i.indnkeyatts - 1] as columns,
    -- a partition's index is part of the whole one, which alone can be dropped
    coalesce(pg_partition_root(i.indexrelid), i.indexrelid) as root,
    i.indisunique or i.indisreplident or i.indisclustered or not i.indisvalid as is_needed
  from pg_index as i
),
sums as (
  select
    k.root,
    sum(pg_stat_get_numscans(k.indexrelid)) as scans,
    sum(greatest(x.relpages, 0))::bigint * current_setting('block_size')::bigint as size_bytes,
    sum(coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0))::bigint as table_scans,
    sum(coalesce(t.n_tup_ins, 0) + coalesce(t.n_tup_upd, 0) + coalesce(t.n_tup_del, 0))::bigint as table_writes
  from keys as k
  join pg_class as x on x.oid = k.indexrelid
  left join pg_stat_all_tables as t on t.relid = k.indrelid
  group by k.root
)
select
  format('%I.%I', n.nspname, x.relname) as name,
  format('%I.%I', n.nspname, c.relname) as table,
  s.size_bytes,
  s.table_scans,
  s.table_writes,
  x.relkind = 'I' as partitioned,
  k.is_expression as expression,
  pg_get_indexdef(x.oid) as definition
from sums as s
join keys as k on k.indexrelid = s.root
join pg_class as x on x.oid = k.indexrelid
join pg_class as c on c.oid = k.indrelid
join pg_namespace as n on n.oid = x.relnamespace
where s.scans = 0
  and s.table_scans > 0
  and not k.is_needed
  and n.nspname !~ '^pg_'
  and not exists (
    select from pg_constraint as f
    where f.contype = 'f'
      and f.conrelid = c.oid
      and k.columns[1:cardinality(f.conkey)] @> f.conkey
  )
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by s.size_bytes desc, name;
