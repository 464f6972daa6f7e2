-- Which tables hold the oldest transaction numbers, their TOAST included?
select
  format('%I.%I', n.nspname, c.relname) as name,
  greatest(age(c.relfrozenxid), age(t.relfrozenxid)) as transactions,
  greatest(mxid_age(c.relminmxid), mxid_age(t.relminmxid)) as multixacts,
  greatest(c.relpages, 0)::bigint * current_setting('block_size')::bigint as size_bytes,
  current_setting('autovacuum_freeze_max_age')::bigint as freeze_max_age,
  current_setting('autovacuum_multixact_freeze_max_age')::bigint as multixact_freeze_max_age
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join pg_class as t on t.oid = c.reltoastrelid
where c.relkind in ('r', 'm')
order by greatest(age(c.relfrozenxid), age(t.relfrozenxid), mxid_age(c.relminmxid), mxid_age(t.relminmxid)) desc, name
limit 10;
