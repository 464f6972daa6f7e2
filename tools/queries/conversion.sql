-- Which conversions between encodings are there?
select
  format('%I.%I', n.nspname, c.conname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(c.conowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  pg_encoding_to_char(c.conforencoding)::text as source,
  pg_encoding_to_char(c.contoencoding)::text as destination,
  c.conproc::text as function,
  c.condefault as default
from pg_conversion as c
join pg_namespace as n on n.oid = c.connamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_conversion'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
