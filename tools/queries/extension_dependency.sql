-- What goes when an extension is dropped, because somebody said that it depends on it?
select
  format('%s %s on %I', kind.name, object.name, x.extname) as name,
  array[kind.name || ' ' || object.name, 'extension ' || quote_ident(x.extname)] as parents
from pg_extension as x
join pg_depend as d on d.refclassid = 'pg_extension'::regclass and d.refobjid = x.oid and d.deptype = 'x'
cross join lateral pg_identify_object(d.classid, d.objid, 0) as o
cross join lateral pg_identify_object_as_address(d.classid, d.objid, 0) as a
left join pg_proc as p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
cross join lateral (select case when p.oid is not null then 'function' else o.type end as name) as kind
cross join lateral (
  select
    case
      when p.oid is not null
        then format('%s.%I(%s)', o.schema, p.proname, oidvectortypes(p.proargtypes))
      when o.type = 'trigger' then (select string_agg(quote_ident(part), '.') from unnest(a.object_names) as part)
      else o.identity
    end as name
) as object
where coalesce(o.schema, '') <> 'schema_tools'
order by name;
