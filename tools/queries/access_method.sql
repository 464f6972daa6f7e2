-- Which access methods are there that the server did not come with?
select
  quote_ident(a.amname) as name,
  '{}'::text[] as parents,
  case a.amtype when 'i' then 'index' when 't' then 'table' else a.amtype::text end as type,
  a.amhandler::text as handler
from pg_am as a
-- FirstNormalObjectId in src/include/access/transam.h: the server's own are below
where a.oid >= 16384
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_am'::regclass
      and e.objid = a.oid
      and e.deptype = 'e'
  )
order by name;
