-- Which keys are integers of 4 bytes or less, and which foreign keys are narrower than what they point to?
select
  format('%I.%I', n.nspname, c.relname) as name,
  quote_ident(a.attname) as column,
  format_type(a.atttypid, null) as type,
  'key' as role,
  null as referenced,
  'bigint' as wanted,
  greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::bigint as rows
from pg_constraint as k
join pg_class as c on c.oid = k.conrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
where k.contype = 'p'
  and cardinality(k.conkey) = 1
  and a.atttypid in ('smallint'::regtype, 'integer'::regtype)
  and not c.relispartition
  -- numbers that somebody gives out, not a year or a code; and none that point to another table
  and (a.attidentity <> '' or a.atthasdef)
  and n.nspname !~ '^pg_'
union all
select
  format('%I.%I', n.nspname, c.relname),
  quote_ident(a.attname),
  format_type(a.atttypid, null),
  'reference',
  format('%I.%I', m.nspname, p.relname),
  format_type(b.atttypid, null),
  greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::bigint
from pg_constraint as f
join pg_class as c on c.oid = f.conrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_class as p on p.oid = f.confrelid
join pg_namespace as m on m.oid = p.relnamespace
cross join unnest(f.conkey, f.confkey) as k (attnum, refnum)
join pg_attribute as a on a.attrelid = f.conrelid and a.attnum = k.attnum
join pg_attribute as b on b.attrelid = f.confrelid and b.attnum = k.refnum
where f.contype = 'f'
  and f.conparentid = 0
  and a.atttypid in ('smallint'::regtype, 'integer'::regtype)
  and b.atttypid in ('integer'::regtype, 'bigint'::regtype)
  and a.attlen < b.attlen
order by rows desc, name, "column";
