-- Which tables are there, partitioned ones and partitions included, and how are they kept?
select
  format('%I.%I', n.nspname, c.relname) as name,
  array['schema ' || quote_ident(n.nspname)] || array(
    select 'table ' || i.inhparent::regclass::text
    from pg_inherits as i
    where i.inhrelid = c.oid
      and c.relispartition
  ) as parents,
  coalesce(nullif(c.relowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  c.relpersistence = 'u' as unlogged,
  array(
    select quote_ident(a.attname)
    from pg_attribute as a
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
    order by a.attnum
  ) as columns,
  case when c.reloftype <> 0 then format_type(c.reloftype, null) end as of_type,
  array(
    select i.inhparent::regclass::text
    from pg_inherits as i
    where i.inhrelid = c.oid
      and not c.relispartition
    order by i.inhseqno
  ) as inherits,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_key,
  case
    when c.relispartition then (select i.inhparent::regclass::text from pg_inherits as i where i.inhrelid = c.oid)
  end as partition_of,
  case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
  c.relispartition and exists (
    select from pg_inherits as i
    where i.inhrelid = c.oid
      and i.inhdetachpending
  ) as detach_pending,
  c.relrowsecurity as row_security,
  c.relforcerowsecurity as force_row_security,
  case c.relreplident
    when 'd' then 'default'
    when 'n' then 'nothing'
    when 'f' then 'full'
    else (
      select 'using index ' || quote_ident(r.relname)
      from pg_index as i
      join pg_class as r on r.oid = i.indexrelid
      where i.indrelid = c.oid
        and i.indisreplident
    )
  end as replica_identity,
  nullif(am.amname, 'heap') as access_method,
  quote_ident(s.spcname) as tablespace,
  case
    when c.reloptions is null and t.reloptions is null then '{}'
    else array(
      select option
      from unnest(c.reloptions || array(select 'toast.' || o from unnest(t.reloptions) as o)) as option
      order by option
    )
  end as options,
  case
    when c.relispartition then array(
      select concat_ws(
        ' ',
        quote_ident(p.relname),
        '(' || array_to_string(array(select o from unnest(x.reloptions) as o order by o), ', ') || ')',
        'tablespace ' || (select quote_ident(l.spcname) from pg_tablespace as l where l.oid = x.reltablespace),
        case when i.indisclustered then 'clustered' end,
        case when not i.indisvalid then 'invalid' end
      )
      from pg_index as i
      join pg_class as x on x.oid = i.indexrelid
      join pg_inherits as h on h.inhrelid = i.indexrelid
      join pg_class as p on p.oid = h.inhparent
      join pg_index as o on o.indexrelid = p.oid
      where i.indrelid = c.oid
        and (
          (x.reloptions, x.reltablespace, i.indisclustered)
            is distinct from (p.reloptions, p.reltablespace, o.indisclustered)
          or o.indisvalid and not i.indisvalid
        )
      order by p.relname
    )
    else '{}'
  end as indexes
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join pg_class as t on t.oid = c.reltoastrelid
left join pg_am as am on am.oid = c.relam
left join pg_tablespace as s on s.oid = c.reltablespace
where c.relkind in ('r', 'p')
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
