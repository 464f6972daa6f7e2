-- Which extended statistics does the planner keep?
select
  format('%I.%I', n.nspname, s.stxname) as name,
  array[
    case c.relkind when 'm' then 'materialized view ' when 'f' then 'foreign table ' else 'table ' end
    || s.stxrelid::regclass::text
  ] || array(
    select distinct format('column %I.%I.%I', r.nspname, c.relname, a.attname)
    from pg_depend as d
    join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_statistic_ext'::regclass
      and d.objid = s.oid
      and d.refclassid = 'pg_class'::regclass
      and d.refobjsubid > 0
    order by 1
  ) as parents,
  coalesce(nullif(s.stxowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  s.stxrelid::regclass::text as table,
  array(
    select case k when 'd' then 'ndistinct' when 'f' then 'dependencies' when 'm' then 'mcv' else 'expressions' end
    from unnest(s.stxkind) as k
    order by k
  ) as kinds,
  array(
    select quote_ident(a.attname)
    from pg_attribute as a
    where a.attrelid = s.stxrelid
      and a.attnum = any (s.stxkeys::smallint[])
    order by a.attname
  ) as columns,
  coalesce(pg_get_statisticsobjdef_expressions(s.oid), '{}') as expressions,
  nullif(s.stxstattarget, -1) as target
from pg_statistic_ext as s
join pg_namespace as n on n.oid = s.stxnamespace
join pg_class as c on c.oid = s.stxrelid
join pg_namespace as r on r.oid = c.relnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_statistic_ext'::regclass
      and e.objid = s.oid
      and e.deptype = 'e'
  )
order by name;
