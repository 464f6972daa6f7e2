-- Which composite types are there, and what are they made of?
select
  format('%I.%I', n.nspname, c.relname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(c.relowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  array(
    select concat_ws(
      ' ',
      quote_ident(a.attname),
      format_type(a.atttypid, a.atttypmod),
      case when a.attcollation not in (0, t.typcollation) then 'collate ' || a.attcollation::regcollation::text end
    )
    from pg_attribute as a
    join pg_type as t on t.oid = a.atttypid
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
    order by a.attnum
  ) as attributes
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'c'
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  -- an extension owns the type, and the type its relation
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and (e.classid, e.objid) in (('pg_class'::regclass, c.oid), ('pg_type'::regclass, c.reltype))
      and e.deptype = 'e'
  )
order by name;
