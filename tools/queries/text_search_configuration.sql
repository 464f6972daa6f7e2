-- Which text search configurations are there, and which dictionaries read which tokens?
select
  format('%I.%I', n.nspname, c.cfgname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(c.cfgowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  format('%I.%I', s.nspname, p.prsname) as parser,
  array(
    select token.alias || ': ' || string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno)
    from pg_ts_config_map as m
    join ts_token_type(c.cfgparser) as token on token.tokid = m.maptokentype
    where m.mapcfg = c.oid
    group by token.alias
    order by token.alias
  ) as mappings
from pg_ts_config as c
join pg_namespace as n on n.oid = c.cfgnamespace
join pg_ts_parser as p on p.oid = c.cfgparser
join pg_namespace as s on s.oid = p.prsnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_ts_config'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
