-- Which tables have no primary key, and which unique index could become one?
select
  format('%I.%I', n.nspname, c.relname) as name,
  greatest(c.reltuples, 0)::bigint as rows,
  u.name as unique_index,
  exists (
    select from pg_publication_tables as p
    where p.schemaname = n.nspname
      and p.tablename = c.relname
  ) as published,
  c.relreplident in ('f', 'i') as identified
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join lateral (
  select quote_ident(x.relname) as name
  from pg_index as i
  join pg_class as x on x.oid = i.indexrelid
  where i.indrelid = c.oid
    and i.indisunique
    and i.indisvalid
    and i.indimmediate
    and i.indpred is null
    and i.indexprs is null
    and c.relkind = 'r'
    and not exists (select from pg_constraint as k where k.conindid = x.oid)
    and not exists (
      select from pg_attribute as a
      where a.attrelid = c.oid
        and a.attnum = any (i.indkey::smallint[])
        and not a.attnotnull
    )
  order by i.indnatts, x.relname
  limit 1
) as u on true
where c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relpersistence <> 't'
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (select from pg_constraint as k where k.conrelid = c.oid and k.contype = 'p')
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by rows desc, name;
