-- Which triggers are there, and do they fire?
with recursive tables as materialized (
  select c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) as name
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  where c.relhastriggers
    and n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'schema_tools')
    and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
    and c.oid not in (
      select e.objid
      from pg_depend as e
      where e.refclassid = 'pg_extension'::regclass
        and e.classid = 'pg_class'::regclass
        and e.deptype = 'e'
    )
),
copies as (
  select t.oid, t.oid as origin, t.tgrelid, t.tgenabled
  from pg_trigger as t
  -- only these have copies, in each partition one
  join tables as c on c.oid = t.tgrelid and c.relkind = 'p'
  where t.tgparentid = 0
    and not t.tgisinternal
  union all
  select t.oid, o.origin, t.tgrelid, t.tgenabled
  from copies as o
  join pg_trigger as t on t.tgparentid = o.oid
),
others as (
  select
    o.origin,
    array_agg(
      case o.tgenabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica' else 'always' end
      || ' in ' || o.tgrelid::regclass::text
      order by o.tgrelid::regclass::text
    ) as partitions
  from copies as o
  join pg_trigger as t on t.oid = o.origin
  where o.tgenabled <> t.tgenabled
  group by o.origin
)
select
  c.name || '.' || quote_ident(t.tgname) as name,
  array[case c.relkind when 'v' then 'view ' when 'f' then 'foreign table ' else 'table ' end || c.name] as parents,
  pg_get_triggerdef(t.oid) as definition,
  case t.tgenabled
    when 'O' then 'origin'
    when 'D' then 'disabled'
    when 'R' then 'replica'
    else 'always'
  end as enabled,
  t.tgfoid::regprocedure::text as function,
  coalesce(o.partitions, '{}') as partitions
from pg_trigger as t
join tables as c on c.oid = t.tgrelid
left join others as o on o.origin = t.oid
where not t.tgisinternal
  and t.tgparentid = 0
  and t.oid not in (
    select e.objid
    from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_trigger'::regclass
      and e.deptype = 'e'
  )
order by name;
