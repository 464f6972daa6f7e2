-- Which domains are there, and what do they allow?
select
  format('%I.%I', n.nspname, t.typname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(t.typowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  format_type(t.typbasetype, t.typtypmod) as type,
  case when t.typcollation not in (0, b.typcollation) then t.typcollation::regcollation::text end as collation,
  not t.typnotnull as nullable,
  pg_get_expr(t.typdefaultbin, 0) as default,
  array(
    select quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
    from pg_constraint as k
    where k.contypid = t.oid
      and k.contype = 'c'
    order by k.conname
  ) as constraints
from pg_type as t
join pg_type as b on b.oid = t.typbasetype
join pg_namespace as n on n.oid = t.typnamespace
where t.typtype = 'd'
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
