-- Which text search dictionaries are there, and how are they set up?
select
  format('%I.%I', n.nspname, d.dictname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(d.dictowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  format('%I.%I', s.nspname, t.tmplname) as template,
  d.dictinitoption as options
from pg_ts_dict as d
join pg_namespace as n on n.oid = d.dictnamespace
join pg_ts_template as t on t.oid = d.dicttemplate
join pg_namespace as s on s.oid = t.tmplnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_ts_dict'::regclass
      and e.objid = d.oid
      and e.deptype = 'e'
  )
order by name;
