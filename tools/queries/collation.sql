-- Which collations are there that the server did not come with?
select
  format('%I.%I', n.nspname, c.collname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(c.collowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  case c.collprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' else 'default' end as provider,
  c.collisdeterministic as deterministic,
  case when c.collprovider <> 'i' then coalesce(c.colllocale, c.collcollate) end as locale,
  case when c.collprovider = 'i' then coalesce(c.colllocale, c.colliculocale) end as icu_locale,
  c.collctype as ctype,
  c.collicurules as rules
-- what a server lacks comes from the first row source: a name is looked for in pg_collation first
from (select null as colllocale, null as colliculocale, null as collicurules) as other
cross join lateral (
  select
    oid, collname, collnamespace, collowner, collprovider, collisdeterministic, collcollate, collctype,
    colllocale, colliculocale, collicurules
  from pg_collation
) as c
join pg_namespace as n on n.oid = c.collnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_collation'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
