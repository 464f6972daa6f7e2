-- Which indexes are there that no constraint brought along, and what do they hold?
with tables as materialized (
  select
    c.oid,
    c.relkind,
    n.nspname,
    format('%I.%I', n.nspname, c.relname) as name,
    -- what is known of a column at the place of its number: dropped ones keep theirs
    a.columns,
    a.collations
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  cross join lateral (
    select
      array_agg(quote_ident(a.attname) order by a.attnum) as columns,
      array_agg(a.attcollation order by a.attnum) as collations
    from pg_attribute as a
    where a.attrelid = c.oid
      and a.attnum > 0
  ) as a
  where c.relkind in ('r', 'p', 'm')
    and c.relhasindex
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
)
select
  quote_ident(c.nspname) || '.' || quote_ident(x.relname) as name,
  array[case c.relkind when 'm' then 'materialized view ' else 'table ' end || c.name] || case
    when i.indexprs is null and i.indpred is null and i.indnatts = 1
      then array['column ' || c.name || '.' || c.columns[i.indkey[0]]]
    else array(
      select distinct 'column ' || c.name || '.' || c.columns[d.refobjsubid] collate "C"
      from pg_depend as d
      where d.classid = 'pg_class'::regclass
        and d.objid = x.oid
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid = c.oid
        and d.refobjsubid > 0
      order by 1
    )
  end as parents,
  c.name as table,
  am.amname as method,
  array(
    select concat_ws(
      ' ',
      coalesce(c.columns[key.attnum], pg_get_indexdef(i.indexrelid, key.position::integer, false)),
      case
        when i.indcollation[key.position - 1] not in (0, coalesce(c.collations[key.attnum], 100))
          then 'collate ' || i.indcollation[key.position - 1]::regcollation::text
      end,
      case
        when i.indclass[key.position - 1] in (select o.oid from pg_opclass as o where not o.opcdefault) then (
          select format('%I.%I', s.nspname, o.opcname)
          from pg_opclass as o
          join pg_namespace as s on s.oid = o.opcnamespace
          where o.oid = i.indclass[key.position - 1]
        )
      end,
      (
        select '(' || array_to_string(own.attoptions, ', ') || ')'
        from pg_attribute as own
        where own.attrelid = i.indexrelid
          and own.attnum = key.position
      ),
      case when i.indoption[key.position - 1] & 1 = 1 then 'desc' end,
      case i.indoption[key.position - 1] when 1 then 'nulls last' when 2 then 'nulls first' end
    )
    from unnest(i.indkey::smallint[]) with ordinality as key (attnum, position)
    where key.position <= i.indnkeyatts
    order by key.position
  ) as keys,
  case
    when i.indnatts > i.indnkeyatts then array(
      select c.columns[key.attnum]
      from unnest(i.indkey::smallint[]) with ordinality as key (attnum, position)
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
join tables as c on c.oid = i.indrelid
join pg_am as am on am.oid = x.relam
left join pg_tablespace as t on t.oid = x.reltablespace
where not exists (
    select from pg_constraint as k
    where k.conindid = x.oid
      and k.contype in ('p', 'u', 'x')
  )
  -- the copy of a partitioned index in a partition
  and not x.relispartition
order by name;
