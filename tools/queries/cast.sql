-- Which casts are there that neither the server nor an extension nor a range type brought along?
select
  (select identity from pg_identify_object('pg_cast'::regclass, c.oid, 0)) as name,
  '{}'::text[] as parents,
  case c.castmethod when 'f' then c.castfunc::regprocedure::text when 'i' then 'inout' else 'binary coercible' end
    as method,
  case c.castcontext when 'e' then 'explicit' when 'a' then 'assignment' else 'implicit' end as context
from pg_cast as c
-- FirstNormalObjectId in src/include/access/transam.h: the server's own are below
where c.oid >= 16384
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_cast'::regclass
      and e.objid = c.oid
      and e.deptype in ('e', 'i')
  )
order by name;
