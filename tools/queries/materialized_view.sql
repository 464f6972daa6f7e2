-- Which materialized views are there, what do they keep and how?
select
  format('%I.%I', n.nspname, c.relname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(c.relowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  pg_get_viewdef(c.oid) as definition,
  nullif(am.amname, 'heap') as access_method,
  quote_ident(s.spcname) as tablespace,
  array(
    select option
    from unnest(c.reloptions || array(select 'toast.' || o from unnest(t.reloptions) as o)) as option
    order by option
  ) as options,
  array(
    select concat_ws(
      ' ',
      quote_ident(a.attname),
      case
        when a.attstorage <> y.typstorage then 'storage ' || case a.attstorage
          when 'p' then 'plain'
          when 'e' then 'external'
          when 'x' then 'extended'
          else 'main'
        end
      end,
      case a.attcompression when 'p' then 'compression pglz' when 'l' then 'compression lz4' end,
      'statistics ' || nullif(a.attstattarget, -1),
      '(' || array_to_string(array(select o from unnest(a.attoptions) as o order by o), ', ') || ')'
    )
    from pg_attribute as a
    join pg_type as y on y.oid = a.atttypid
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
      and (
        a.attstorage <> y.typstorage or a.attcompression <> '' or a.attstattarget >= 0 or a.attoptions is not null
      )
    order by a.attname
  ) as columns,
  array(
    select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
    order by a.attnum
  ) as output
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join pg_class as t on t.oid = c.reltoastrelid
left join pg_am as am on am.oid = c.relam
left join pg_tablespace as s on s.oid = c.reltablespace
where c.relkind = 'm'
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
