-- Which indexes are there that no constraint brought along, and what do they hold?
select
  format('%I.%I', n.nspname, x.relname) as name,
  array[
    case c.relkind when 'm' then 'materialized view ' else 'table ' end || format('%I.%I', n.nspname, c.relname)
  ] || array(
    select distinct format('column %I.%I.%I', n.nspname, c.relname, a.attname)
    from pg_depend as d
    join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass
      and d.objid = x.oid
      and d.refclassid = 'pg_class'::regclass
      and d.refobjid = c.oid
      and d.refobjsubid > 0
    order by 1
  ) as parents,
  format('%I.%I', n.nspname, c.relname) as table,
  am.amname as method,
  array(
    select concat_ws(
      ' ',
      coalesce(quote_ident(a.attname), pg_get_indexdef(i.indexrelid, key.position::integer, false)),
      case
        when i.indcollation[key.position - 1] not in (0, coalesce(a.attcollation, 100))
          then 'collate ' || i.indcollation[key.position - 1]::regcollation::text
      end,
      case when not o.opcdefault then format('%I.%I', s.nspname, o.opcname) end,
      '(' || array_to_string(own.attoptions, ', ') || ')',
      case when i.indoption[key.position - 1] & 1 = 1 then 'desc' end,
      case i.indoption[key.position - 1] when 1 then 'nulls last' when 2 then 'nulls first' end
    )
    from unnest(i.indkey::smallint[]) with ordinality as key (attnum, position)
    join pg_attribute as own on own.attrelid = i.indexrelid and own.attnum = key.position
    left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = key.attnum and key.attnum <> 0
    left join pg_opclass as o on o.oid = i.indclass[key.position - 1]
    left join pg_namespace as s on s.oid = o.opcnamespace
    where key.position <= i.indnkeyatts
    order by key.position
  ) as keys,
  case
    when i.indnatts > i.indnkeyatts then array(
      select quote_ident(a.attname)
      from unnest(i.indkey::smallint[]) with ordinality as key (attnum, position)
      join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = key.attnum
      where key.position > i.indnkeyatts
      order by key.position
    )
    else '{}'
  end as include,
  pg_get_expr(i.indpred, i.indrelid) as predicate,
  i.indisunique as unique,
  i.indnullsnotdistinct as nulls_not_distinct,
  i.indisvalid as valid,
  i.indisclustered as clustered,
  case
    when x.reloptions is null then '{}'
    else array(select o from unnest(x.reloptions) as o order by o)
  end as options,
  quote_ident(t.spcname) as tablespace,
  case
    when i.indexprs is not null then array(
      select own.attnum || ' ' || own.attstattarget
      from pg_attribute as own
      where own.attrelid = i.indexrelid
        and own.attstattarget >= 0
      order by own.attnum
    )
    else '{}'
  end as statistics
from pg_index as i
join pg_class as x on x.oid = i.indexrelid
join pg_class as c on c.oid = i.indrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_am as am on am.oid = x.relam
left join pg_tablespace as t on t.oid = x.reltablespace
where c.relkind in ('r', 'p', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
  and not exists (
    select from pg_constraint as k
    where k.conindid = x.oid
      and k.contype in ('p', 'u', 'x')
  )
  -- the copy of a partitioned index in a partition
  and not exists (select from pg_inherits as h where h.inhrelid = x.oid)
order by name;
