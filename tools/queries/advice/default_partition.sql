-- Which default partitions have rows, which no partition of their own waits for?
select
  format('%I.%I', n.nspname, c.relname) as name,
  format('%I.%I', m.nspname, p.relname) as table,
  greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::bigint as rows
from pg_partitioned_table as t
join pg_class as c on c.oid = t.partdefid
join pg_namespace as n on n.oid = c.relnamespace
join pg_class as p on p.oid = t.partrelid
join pg_namespace as m on m.oid = p.relnamespace
order by rows desc, name;
