-- Under which number does the server keep each table and column, whatever it is called now?
-- A copy of a database has the numbers of its template, and no number is given twice.
select
  'table ' || format('%I.%I', n.nspname, c.relname) as key,
  c.oid::bigint as relation,
  0 as number
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
union all
select
  'column ' || format('%I.%I.%I', n.nspname, c.relname, a.attname),
  c.oid::bigint,
  a.attnum
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_attribute as a
  on a.attrelid = c.oid
  and a.attnum > 0
  and not a.attisdropped
where c.relkind in ('r', 'p');
