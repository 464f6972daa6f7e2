-- Which schemas are there, and whose are they?
select
  quote_ident(n.nspname) as name,
  '{}'::text[] as parents,
  case
    -- PostgreSQL 15 gives public to pg_database_owner; a schema public made by hand belongs to its maker
    when n.nspname = 'public' and n.nspowner in (d.datdba, 'pg_database_owner'::regrole) then '(owner)'
    else coalesce(nullif(n.nspowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)')
  end as owner
from pg_namespace as n
join pg_database as d on d.datname = current_database()
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_namespace'::regclass
      and e.objid = n.oid
      and e.deptype = 'e'
  )
order by name;
