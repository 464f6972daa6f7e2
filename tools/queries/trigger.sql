-- Which triggers are there, and do they fire?
select
  format('%I.%I.%I', n.nspname, c.relname, t.tgname) as name,
  array[
    case c.relkind when 'v' then 'view ' when 'f' then 'foreign table ' else 'table ' end
    || format('%I.%I', n.nspname, c.relname)
  ] as parents,
  pg_get_triggerdef(t.oid) as definition,
  case t.tgenabled
    when 'O' then 'origin'
    when 'D' then 'disabled'
    when 'R' then 'replica'
    else 'always'
  end as enabled,
  t.tgfoid::regprocedure::text as function
from pg_trigger as t
join pg_class as c on c.oid = t.tgrelid
join pg_namespace as n on n.oid = c.relnamespace
where not t.tgisinternal
  and t.tgparentid = 0
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and (e.classid, e.objid) in (('pg_class'::regclass, c.oid), ('pg_trigger'::regclass, t.oid))
      and e.deptype = 'e'
  )
order by name;
