-- Which rewrite rules are there, besides those that make views?
select
  format('%I.%I.%I', n.nspname, c.relname, r.rulename) as name,
  array[
    case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' else 'table ' end
    || format('%I.%I', n.nspname, c.relname)
  ] as parents,
  pg_get_ruledef(r.oid) as definition,
  case r.ev_enabled
    when 'O' then 'origin'
    when 'D' then 'disabled'
    when 'R' then 'replica'
    else 'always'
  end as enabled
from pg_rewrite as r
join pg_class as c on c.oid = r.ev_class
join pg_namespace as n on n.oid = c.relnamespace
where r.rulename <> '_RETURN'
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and (e.classid, e.objid) in (('pg_class'::regclass, c.oid), ('pg_rewrite'::regclass, r.oid))
      and e.deptype = 'e'
  )
order by name;
