-- Which foreign-data wrappers are there that no extension brought along?
select
  quote_ident(w.fdwname) as name,
  '{}'::text[] as parents,
  coalesce(nullif(w.fdwowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  case when w.fdwhandler <> 0 then w.fdwhandler::regproc::text end as handler,
  case when w.fdwvalidator <> 0 then w.fdwvalidator::regproc::text end as validator,
  case
    when w.fdwoptions is null then '{}'
    -- a secret is a fact, and not for a snapshot
    else array(
      select case
        when o ~* '^[^=]*(pass(word|wd|code|phrase|file)|secret|token|credentials?|(api|access|private|account)_?key)='
          then split_part(o, '=', 1) || '=***'
        else regexp_replace(o, '://[^/@]*@', '://***@')
      end
      from unnest(w.fdwoptions) as o
      order by o
    )
  end as options
from pg_foreign_data_wrapper as w
where not exists (
  select from pg_depend as e
  where e.refclassid = 'pg_extension'::regclass
    and e.classid = 'pg_foreign_data_wrapper'::regclass
    and e.objid = w.oid
    and e.deptype = 'e'
)
order by name;
