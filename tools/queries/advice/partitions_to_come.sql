-- Until when do the partitions of each table that is split by time reach?
with bounds as (
  select
    i.inhparent,
    substring(b.text from $$^FOR VALUES FROM \('([^']+)'\)$$) as lower,
    substring(b.text from $$TO \('([^']+)'\)$$) as upper,
    b.text = 'DEFAULT' as is_default,
    b.text ~ 'TO \(MAXVALUE\)' as is_endless
  from pg_inherits as i
  join pg_class as c on c.oid = i.inhrelid and c.relispartition
  cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as text) as b
),
ends as (
  select
    p.partrelid,
    bool_or(b.is_default) as has_default,
    max(b.upper::timestamptz) as upper,
    (array_agg(b.lower::timestamptz order by b.upper::timestamptz desc nulls last))[1] as lower
  from pg_partitioned_table as p
  join pg_attribute as a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
  left join bounds as b on b.inhparent = p.partrelid
  where p.partstrat = 'r'
    and p.partnatts = 1
    and a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
  group by p.partrelid
  having not coalesce(bool_or(b.is_endless), false)
)
select
  format('%I.%I', n.nspname, c.relname) as name,
  coalesce(e.has_default, false) as has_default,
  e.upper::text as last_bound,
  (e.upper + age(e.upper, e.lower))::text as next_bound,
  extract(epoch from e.upper - now())::float as left_seconds,
  extract(epoch from e.upper - e.lower)::float as width_seconds,
  format('%I.%I', n.nspname, c.relname || to_char(e.upper, '_YYYYMMDD')) as next_name
from ends as e
join pg_class as c on c.oid = e.partrelid
join pg_namespace as n on n.oid = c.relnamespace
-- what is split again within a range of time ends with that range
where not exists (
  select from pg_inherits as i
  join pg_partitioned_table as p on p.partrelid = i.inhparent
  where i.inhrelid = e.partrelid
    and p.partstrat = 'r'
)
order by left_seconds, name;
