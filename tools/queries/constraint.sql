-- Which constraints do the tables have? The index of a constraint is part of it; so are its copies in partitions.
with tables as materialized (
  select
    c.oid,
    c.relkind,
    format('%I.%I', n.nspname, c.relname) as name,
    -- the name of a column at the place of its number: dropped ones keep theirs
    array(
      select quote_ident(a.attname)
      from pg_attribute as a
      where a.attrelid = c.oid
        and a.attnum > 0
      order by a.attnum
    ) as columns
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f')
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
  c.name || '.' || quote_ident(k.conname) as name,
  case
    -- a check of the whole row has the number 0 for its column
    when k.contype <> 'x' and array_length(k.conkey, 1) = 1 and k.conkey[1] > 0 then array[
      case c.relkind when 'f' then 'foreign table ' else 'table ' end || c.name,
      'column ' || c.name || '.' || c.columns[k.conkey[1]]
    ]
    else array[case c.relkind when 'f' then 'foreign table ' else 'table ' end || c.name] || array(
      select 'column ' || c.name || '.' || c.columns[key.attnum]
      from (
        select unnest(k.conkey) as attnum
        union
        -- an exclusion constraint over an expression, or with a predicate
        select d.refobjsubid
        from pg_depend as d
        where k.contype = 'x'
          and d.classid = 'pg_class'::regclass
          and d.objid = k.conindid
          and d.refobjid = k.conrelid
      ) as key
      where key.attnum > 0
      order by c.columns[key.attnum] collate "C"
    )
  end as parents,
  case k.contype
    when 'c' then 'check'
    when 'p' then 'primary key'
    when 'u' then 'unique'
    when 'f' then 'foreign key'
    else 'exclusion'
  end as type,
  case
    when k.contype not in ('p', 'u', 'f') then '{}'
    when array_length(k.conkey, 1) = 1 then array[c.columns[k.conkey[1]]]
    else array(
      select c.columns[key.attnum]
      from unnest(k.conkey) with ordinality as key (attnum, position)
      order by key.position
    )
  end as columns,
  case k.contype
    when 'c' then pg_get_expr(k.conbin, k.conrelid)
    -- deferrable is a fact of its own
    when 'x' then regexp_replace(pg_get_constraintdef(k.oid), '( DEFERRABLE)?( INITIALLY DEFERRED)?$', '')
  end as expression,
  case when k.contype = 'f' then coalesce(o.name, k.confrelid::regclass::text) end as references,
  case
    when k.contype <> 'f' then '{}'
    when array_length(k.confkey, 1) = 1 and o.oid is not null then array[o.columns[k.confkey[1]]]
    else array(
      select quote_ident(a.attname)
      from unnest(k.confkey) with ordinality as key (attnum, position)
      join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = key.attnum
      order by key.position
    )
  end as referenced_columns,
  case k.confmatchtype when 'f' then 'full' when 'p' then 'partial' when 's' then 'simple' end as match,
  case k.confupdtype
    when 'a' then 'no action'
    when 'r' then 'restrict'
    when 'c' then 'cascade'
    when 'n' then 'set null'
    when 'd' then 'set default'
  end as on_update,
  case k.confdeltype
    when 'a' then 'no action'
    when 'r' then 'restrict'
    when 'c' then 'cascade'
    when 'n' then 'set null'
    when 'd' then 'set default'
  end as on_delete,
  case
    when k.confdelsetcols is null then '{}'
    else array(select c.columns[key] from unnest(k.confdelsetcols) as key order by c.columns[key] collate "C")
  end as on_delete_columns,
  k.condeferrable as deferrable,
  k.condeferred as deferred,
  k.convalidated and coalesce(i.indisvalid, true) as validated,
  k.conenforced as enforced,
  -- only a check can say it; a dump writes it for the keys of partitions
  k.contype = 'c' and k.connoinherit as no_inherit,
  k.conperiod as period,
  coalesce(i.indnullsnotdistinct, false) as nulls_not_distinct,
  case
    when i.indnatts > i.indnkeyatts and k.contype in ('p', 'u') then array(
      select c.columns[key.attnum]
      from unnest(i.indkey::smallint[]) with ordinality as key (attnum, position)
      where key.position > i.indnkeyatts
      order by key.position
    )
    else '{}'
  end as include,
  case
    when x.reloptions is null then '{}'
    else array(select o from unnest(x.reloptions) as o order by o)
  end as options,
  quote_ident(s.spcname) as tablespace,
  coalesce(i.indisclustered, false) as clustered,
  -- a foreign key is kept by triggers, and `disable trigger all` stops them too
  coalesce(
    (
      select
        case min(t.tgenabled::text) when 'A' then 'always' when 'D' then 'disabled' when 'R' then 'replica' end
      from pg_trigger as t
      where (k.contype = 'f' or k.condeferrable)
        and t.tgconstraint = k.oid
        and t.tgisinternal
        and t.tgenabled <> 'O'
    ),
    'origin'
  ) as triggers
-- what an older server lacks comes from the first row source: a name is looked for in pg_constraint first
from (select true as conenforced, false as conperiod) as older
cross join lateral (
  select
    oid, conname, contype, conrelid, conkey, conbin, conindid, confrelid, confkey, confmatchtype, confupdtype,
    confdeltype, confdelsetcols, condeferrable, condeferred, convalidated, connoinherit, conenforced, conperiod
  from pg_constraint
  where contype in ('c', 'p', 'u', 'f', 'x')
    and conparentid = 0
    and coninhcount = 0
) as k
join tables as c on c.oid = k.conrelid
left join tables as o on o.oid = k.confrelid
left join pg_index as i on i.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
left join pg_class as x on x.oid = i.indexrelid
left join pg_tablespace as s on s.oid = x.reltablespace
order by name;
