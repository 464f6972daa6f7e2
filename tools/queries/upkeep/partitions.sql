-- Which partitions are there, from where to where, and how large?
select
  p.parentrelid::regclass as parent,
  p.relid::regclass as partition,
  pg_get_expr(c.relpartbound, c.oid) as bound,
  pg_size_pretty(pg_total_relation_size(p.relid)) as size
from pg_class as top
cross join pg_partition_tree(top.oid) as p
join pg_class as c on c.oid = p.relid
where top.relkind = 'p'
  and not top.relispartition
  and p.isleaf
order by p.parentrelid::regclass::text, c.relname;
