-- Which sequences are there, besides those behind identity columns?
select
  format('%I.%I', n.nspname, c.relname) as name,
  array['schema ' || quote_ident(n.nspname)] || array_remove(array['column ' || o.name], null) as parents,
  -- an owned sequence has the owner of its table
  case
    when o.name is null
      then coalesce(nullif(c.relowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)')
  end as owner,
  o.name as owned_by,
  c.relpersistence <> coalesce(o.relpersistence, 'p') as unlogged,
  format_type(q.seqtypid, null) as type,
  q.seqstart as start,
  q.seqincrement as increment,
  q.seqmin as minimum,
  q.seqmax as maximum,
  q.seqcache as cache,
  q.seqcycle as cycle
from pg_sequence as q
join pg_class as c on c.oid = q.seqrelid
join pg_namespace as n on n.oid = c.relnamespace
left join lateral (
  select r.relpersistence, format('%I.%I.%I', m.nspname, r.relname, a.attname) as name
  from pg_depend as d
  join pg_class as r on r.oid = d.refobjid
  join pg_namespace as m on m.oid = r.relnamespace
  join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where d.classid = 'pg_class'::regclass
    and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass
    and d.deptype = 'a'
) as o on true
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  -- members of extensions, and the sequence of an identity column
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype in ('e', 'i')
  )
order by name;
