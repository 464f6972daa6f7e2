-- Which enums are there, and in which order do their labels sort?
select
  format('%I.%I', n.nspname, t.typname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(t.typowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  array(
    select l.enumlabel::text
    from pg_enum as l
    where l.enumtypid = t.oid
    order by l.enumsortorder
  ) as labels
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
where t.typtype = 'e'
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_type'::regclass
      and e.objid = t.oid
      and e.deptype = 'e'
  )
order by name;
