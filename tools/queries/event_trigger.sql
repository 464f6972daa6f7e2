-- Which event triggers watch over the schema?
select
  quote_ident(t.evtname) as name,
  '{}'::text[] as parents,
  coalesce(nullif(t.evtowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  t.evtevent::text as event,
  t.evtfoid::regprocedure::text as function,
  case t.evtenabled
    when 'O' then 'origin'
    when 'D' then 'disabled'
    when 'R' then 'replica'
    else 'always'
  end as enabled,
  case when t.evttags is null then '{}' else array(select tag from unnest(t.evttags) as tag order by tag) end as tags
from pg_event_trigger as t
where not exists (
  select from pg_depend as e
  where e.refclassid = 'pg_extension'::regclass
    and e.classid = 'pg_event_trigger'::regclass
    and e.objid = t.oid
    and e.deptype = 'e'
)
order by name;
