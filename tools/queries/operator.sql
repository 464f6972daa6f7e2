-- Which operators are there, and what do they call?
select
  o.oid::regoperator::text as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(o.oprowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  o.oprcode::regprocedure::text as function,
  case when o.oprcom <> 0 then o.oprcom::regoperator::text end as commutator,
  case when o.oprnegate <> 0 then o.oprnegate::regoperator::text end as negator,
  case when o.oprrest <> 0 then o.oprrest::regproc::text end as restrict,
  case when o.oprjoin <> 0 then o.oprjoin::regproc::text end as join,
  o.oprcanhash as hashes,
  o.oprcanmerge as merges
from pg_operator as o
join pg_namespace as n on n.oid = o.oprnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  -- a commutator that was named and not made yet
  and o.oprcode <> 0
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_operator'::regclass
      and e.objid = o.oid
      and e.deptype = 'e'
  )
order by name;
