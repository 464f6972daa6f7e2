-- Which range types are there, and over what do they range?
select
  format('%I.%I', n.nspname, t.typname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(t.typowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  format_type(r.rngsubtype, null) as subtype,
  case when not o.opcdefault then format('%I.%I', s.nspname, o.opcname) end as operator_class,
  case when r.rngcollation not in (0, b.typcollation) then r.rngcollation::regcollation::text end as collation,
  case when r.rngcanonical <> 0 then r.rngcanonical::text end as canonical,
  case when r.rngsubdiff <> 0 then r.rngsubdiff::text end as subtype_difference,
  format_type(r.rngmultitypid, null) as multirange
from pg_range as r
join pg_type as t on t.oid = r.rngtypid
join pg_type as b on b.oid = r.rngsubtype
join pg_namespace as n on n.oid = t.typnamespace
join pg_opclass as o on o.oid = r.rngsubopc
join pg_namespace as s on s.oid = o.opcnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_type'::regclass
      and e.objid = t.oid
      and e.deptype = 'e'
  )
order by name;
