-- How far is each sequence from the last number that it, or the column that it fills, can hold?
select
  format('%I.%I', n.nspname, c.relname) as name,
  quote_ident(m.nspname) || '.' || quote_ident(t.relname) as table,
  quote_ident(a.attname) as column,
  format_type(a.atttypid, null) as type,
  q.last_value,
  e.last_possible
from pg_sequence as s
join pg_class as c on c.oid = s.seqrelid
join pg_namespace as n on n.oid = c.relnamespace
-- null where it was never used, or this role may not look at it
join pg_sequences as q on q.schemaname = n.nspname and q.sequencename = c.relname
left join lateral (
  -- the column that it belongs to, as serial or identity, or whose default it is
  select d.refobjid as relation, d.refobjsubid as number
  from pg_depend as d
  where d.classid = 'pg_class'::regclass
    and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass
    and d.refobjsubid > 0
  union
  select f.adrelid, f.adnum
  from pg_depend as d
  join pg_attrdef as f on f.oid = d.objid
  where d.classid = 'pg_attrdef'::regclass
    and d.refclassid = 'pg_class'::regclass
    and d.refobjid = c.oid
  limit 1
) as o on true
left join pg_class as t on t.oid = o.relation
left join pg_namespace as m on m.oid = t.relnamespace
left join pg_attribute as a on a.attrelid = o.relation and a.attnum = o.number
cross join lateral (
  select least(
    s.seqmax,
    case a.atttypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647 end
  ) as last_possible
) as e
where not s.seqcycle
  and s.seqincrement > 0
  and e.last_possible > 0
  and q.last_value is not null
order by q.last_value::numeric / e.last_possible desc, name;
