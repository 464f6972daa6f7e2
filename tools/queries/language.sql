-- Which procedural languages are there that no extension brought along?
select
  quote_ident(l.lanname) as name,
  '{}'::text[] as parents,
  coalesce(nullif(l.lanowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  l.lanpltrusted as trusted,
  case when l.lanplcallfoid <> 0 then l.lanplcallfoid::regproc::text end as handler,
  case when l.laninline <> 0 then l.laninline::regproc::text end as inline,
  case when l.lanvalidator <> 0 then l.lanvalidator::regproc::text end as validator
from pg_language as l
-- the others are the server's own
where l.lanispl
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_language'::regclass
      and e.objid = l.oid
      and e.deptype = 'e'
  )
order by name;
