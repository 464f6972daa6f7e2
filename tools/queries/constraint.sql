-- Which constraints do the tables have? The index of a constraint is part of it; so are its copies in partitions.
select
  format('%I.%I.%I', n.nspname, c.relname, k.conname) as name,
  array[
    case c.relkind when 'f' then 'foreign table ' else 'table ' end || format('%I.%I', n.nspname, c.relname)
  ] || array(
    select format('column %I.%I.%I', n.nspname, c.relname, a.attname)
    from pg_attribute as a
    where a.attrelid = k.conrelid
      and (
        a.attnum = any (k.conkey)
        -- an exclusion constraint over an expression, or with a predicate
        or k.contype = 'x' and a.attnum in (
          select d.refobjsubid
          from pg_depend as d
          where d.classid = 'pg_class'::regclass
            and d.objid = k.conindid
            and d.refobjid = k.conrelid
        )
      )
    order by a.attname
  ) as parents,
  case k.contype
    when 'c' then 'check'
    when 'p' then 'primary key'
    when 'u' then 'unique'
    when 'f' then 'foreign key'
    else 'exclusion'
  end as type,
  case
    when k.contype in ('p', 'u', 'f') then array(
      select quote_ident(a.attname)
      from unnest(k.conkey) with ordinality as key (attnum, position)
      join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = key.attnum
      order by key.position
    )
    else '{}'
  end as columns,
  case k.contype
    when 'c' then pg_get_expr(k.conbin, k.conrelid)
    -- deferrable is a fact of its own
    when 'x' then regexp_replace(pg_get_constraintdef(k.oid), '( DEFERRABLE)?( INITIALLY DEFERRED)?$', '')
  end as expression,
  case when k.contype = 'f' then k.confrelid::regclass::text end as references,
  case
    when k.contype = 'f' then array(
      select quote_ident(a.attname)
      from unnest(k.confkey) with ordinality as key (attnum, position)
      join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = key.attnum
      order by key.position
    )
    else '{}'
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
  array(
    select quote_ident(a.attname)
    from pg_attribute as a
    where a.attrelid = k.conrelid
      and a.attnum = any (k.confdelsetcols)
    order by a.attname
  ) as on_delete_columns,
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
      select quote_ident(a.attname)
      from unnest(i.indkey::smallint[]) with ordinality as key (attnum, position)
      join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = key.attnum
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
  coalesce(i.indisclustered, false) as clustered
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
join pg_class as c on c.oid = k.conrelid
join pg_namespace as n on n.oid = c.relnamespace
left join pg_index as i on i.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
left join pg_class as x on x.oid = i.indexrelid
left join pg_tablespace as s on s.oid = x.reltablespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
