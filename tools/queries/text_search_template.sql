-- Which text search templates are there, and which functions make them?
select
  format('%I.%I', n.nspname, t.tmplname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  case when t.tmplinit <> 0 then t.tmplinit::text end as init,
  t.tmpllexize::text as lexize
from pg_ts_template as t
join pg_namespace as n on n.oid = t.tmplnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_ts_template'::regclass
      and e.objid = t.oid
      and e.deptype = 'e'
  )
order by name;
