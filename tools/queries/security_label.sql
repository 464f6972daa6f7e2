-- Which security labels do the objects have, and from which provider?
with labels as (
  select s.classoid, s.objoid, s.objsubid, s.provider, s.label
  from pg_seclabel as s
  union all
  -- subscriptions are kept for the whole server
  select s.classoid, s.objoid, 0, s.provider, s.label
  from pg_shseclabel as s
  join pg_subscription as u on u.oid = s.objoid
  join pg_database as d on d.oid = u.subdbid
  where s.classoid = 'pg_subscription'::regclass
    and d.datname = current_database()
)
select
  format('%s %s by %s', kind.name, object.name, quote_ident(s.provider)) as name,
  array[
    case
      when kind.name = 'column' and o.type not in ('table column', 'foreign table column')
        then replace(o.type, ' column', ' ') || s.objoid::regclass::text
      else kind.name || ' ' || object.name
    end
  ] as parents,
  s.label as text
from labels as s
cross join lateral pg_identify_object(s.classoid, s.objoid, s.objsubid) as o
left join pg_type as t on s.classoid = 'pg_type'::regclass and t.oid = s.objoid
left join pg_proc as p on s.classoid = 'pg_proc'::regclass and p.oid = s.objoid
cross join lateral (
  select
    case
      when p.oid is not null then 'function'
      when t.typtype = 'c' then 'composite type'
      when t.typtype = 'd' then 'domain'
      when t.typtype = 'e' then 'enum'
      when t.typtype = 'r' then 'range type'
      when t.typtype in ('b', 'p') then 'base type'
      when s.objsubid > 0 then 'column'
      else o.type
    end as name
) as kind
cross join lateral (
  select
    case
      when p.oid is not null
        then format('%s.%I(%s)', o.schema, p.proname, oidvectortypes(p.proargtypes))
      else o.identity
    end as name
) as object
where coalesce(o.schema, '') <> 'schema_tools'
  and o.type <> 'large object'
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = s.classoid
      and e.objid = s.objoid
      and e.deptype = 'e'
  )
order by name;
