-- Which text search parsers are there, and which functions make them?
select
  format('%I.%I', n.nspname, p.prsname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  p.prsstart::text as start,
  p.prstoken::text as token,
  p.prsend::text as end,
  case when p.prsheadline <> 0 then p.prsheadline::text end as headline,
  p.prslextype::text as token_types
from pg_ts_parser as p
join pg_namespace as n on n.oid = p.prsnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_ts_parser'::regclass
      and e.objid = p.oid
      and e.deptype = 'e'
  )
order by name;
