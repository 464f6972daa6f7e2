-- Which views are there, and what do they show?
select
  format('%I.%I', n.nspname, c.relname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(c.relowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  pg_get_viewdef(c.oid) as definition,
  case
    when c.reloptions is null then '{}'
    else array(select o from unnest(c.reloptions) as o order by o)
  end as options,
  array(
    select quote_ident(a.attname) || ' ' || pg_get_expr(f.adbin, f.adrelid)
    from pg_attrdef as f
    join pg_attribute as a on a.attrelid = f.adrelid and a.attnum = f.adnum
    where f.adrelid = c.oid
    order by a.attname
  ) as defaults,
  array(
    select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
    order by a.attnum
  ) as output
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'v'
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
