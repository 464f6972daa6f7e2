-- Which foreign servers are there?
select
  quote_ident(s.srvname) as name,
  '{}'::text[] as parents,
  coalesce(nullif(s.srvowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  quote_ident(w.fdwname) as wrapper,
  s.srvtype as type,
  s.srvversion as version,
  case
    when s.srvoptions is null then '{}'
    -- a secret is a fact, and not for a snapshot
    else array(
      select case
        when o ~* '^[^=]*(pass(word|wd|code|phrase|file)|secret|token|credentials?|(api|access|private|account)_?key)='
          then split_part(o, '=', 1) || '=***'
        else regexp_replace(o, '://[^/@]*@', '://***@')
      end
      from unnest(s.srvoptions) as o
      order by o
    )
  end as options
from pg_foreign_server as s
join pg_foreign_data_wrapper as w on w.oid = s.srvfdw
where not exists (
  select from pg_depend as e
  where e.refclassid = 'pg_extension'::regclass
    and e.classid = 'pg_foreign_server'::regclass
    and e.objid = s.oid
    and e.deptype = 'e'
)
order by name;
