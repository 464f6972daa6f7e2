-- Which rows does a partitioned table without a default partition have a place for?
with recursive leaves as (
  select c.oid as root, c.oid, c.relkind, c.oid::regclass::text as name
  from pg_class as c
  where c.relkind = 'p'
    and not c.relispartition
  union all
  select l.root, c.oid, c.relkind, l.name
  from leaves as l
  join pg_inherits as i on i.inhparent = l.oid
  join pg_class as c on c.oid = i.inhrelid
)
select
  l.name,
  -- the default partition's own constraint says what the others do not take: together they take all
  coalesce(string_agg('(' || pg_get_partition_constraintdef(l.oid) || ')', ' or ' order by l.oid), 'false') as accepts
from leaves as l
where l.relkind = 'r'
group by l.root, l.name;
