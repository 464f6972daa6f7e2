-- Which extensions are installed, in which version and schema?
select
  quote_ident(x.extname) as name,
  '{}'::text[] as parents,
  x.extversion as version,
  quote_ident(n.nspname) as schema
from pg_extension as x
join pg_namespace as n on n.oid = x.extnamespace
order by name;
