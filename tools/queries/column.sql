-- Which columns do the tables have, and what does each hold?
with tables as materialized (
  select c.oid, c.relname, c.relkind, format('%I.%I', n.nspname, c.relname) as name
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
),
not_nulls as materialized (
  select conrelid, conkey[1] as attnum, oid, conname, connoinherit, convalidated
  from pg_constraint
  where contype = 'n'
)
select
  c.name || '.' || quote_ident(a.attname) as name,
  case
    when a.attinhcount = 0 then array[case c.relkind when 'f' then 'foreign table ' else 'table ' end || c.name]
    else array[case c.relkind when 'f' then 'foreign table ' else 'table ' end || c.name] || array(
      select 'column ' || i.inhparent::regclass::text || '.' || quote_ident(a.attname)
      from pg_inherits as i
      where i.inhrelid = c.oid
      order by i.inhseqno
    )
  end as parents,
  format_type(a.atttypid, a.atttypmod) as type,
  case when a.attcollation not in (0, t.typcollation) then a.attcollation::regcollation::text end as collation,
  not a.attnotnull as nullable,
  -- PostgreSQL 18 names every NOT NULL. A name that the server would choose itself says nothing, an inherited one
  -- follows the parent (AddRelationNotNullConstraints() in src/backend/catalog/heap.c).
  case
    when nn.oid is not null and a.attinhcount = 0 then nullif(
      concat_ws(
        ' ',
        case
          when octet_length(c.relname || a.attname) < 54
            and rtrim(nn.conname, '0123456789') <> c.relname || '_' || a.attname || '_not_null'
            then quote_ident(nn.conname)
          when octet_length(c.relname || a.attname) >= 54 and nn.conname !~ '_not_null[0-9]*$'
            then quote_ident(nn.conname)
        end,
        case when nn.connoinherit then 'no inherit' end,
        case when not nn.convalidated then 'not valid' end
      ),
      ''
    )
  end as not_null,
  -- a default has no column in it: without the table, that is not opened
  case
    when a.atthasdef and a.attgenerated = '' then (
      select pg_get_expr(f.adbin, 0) from pg_attrdef as f where f.adrelid = a.attrelid and f.adnum = a.attnum
    )
  end as default,
  case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end as generated,
  case
    when a.attgenerated <> '' then (
      select pg_get_expr(f.adbin, f.adrelid) from pg_attrdef as f where f.adrelid = a.attrelid and f.adnum = a.attnum
    )
  end as expression,
  case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
  case
    -- a partition has none: since 17 its identity is its parent's
    when a.attidentity <> '' then coalesce((
      -- what init_params() in src/backend/commands/sequence.c would choose itself is left out
      select array_remove(
        array[
          case
            when q.seqstart <> case when q.seqincrement > 0 then q.seqmin else q.seqmax end
              then 'start ' || q.seqstart
          end,
          case when q.seqincrement <> 1 then 'increment ' || q.seqincrement end,
          case when q.seqincrement > 0 and q.seqmin <> 1 then 'minvalue ' || q.seqmin end,
          case when q.seqincrement < 0 and q.seqmax <> -1 then 'maxvalue ' || q.seqmax end,
          case
            when q.seqincrement > 0
              and q.seqmax <> case q.seqtypid
                when 'smallint'::regtype then 32767
                when 'integer'::regtype then 2147483647
                else 9223372036854775807
              end
              then 'maxvalue ' || q.seqmax
          end,
          case
            when q.seqincrement < 0
              and q.seqmin <> case q.seqtypid
                when 'smallint'::regtype then -32768
                when 'integer'::regtype then -2147483648
                else -9223372036854775808
              end
              then 'minvalue ' || q.seqmin
          end,
          case when q.seqcache <> 1 then 'cache ' || q.seqcache end,
          case when q.seqcycle then 'cycle' end
        ],
        null
      )
      from pg_depend as d
      join pg_sequence as q on q.seqrelid = d.objid
      where d.classid = 'pg_class'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid = a.attrelid
        and d.refobjsubid = a.attnum
        and d.deptype = 'i'
    ), '{}')
    else '{}'
  end as identity_options,
  case
    when a.attstorage <> t.typstorage
      then case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended' else 'main' end
  end as storage,
  case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
  nullif(a.attstattarget, -1) as statistics,
  case
    when a.attoptions is null and a.attfdwoptions is null then '{}'
    else array(select o from unnest(a.attoptions || a.attfdwoptions) as o order by o)
  end as options
from tables as c
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type as t on t.oid = a.atttypid
left join not_nulls as nn on nn.conrelid = a.attrelid and nn.attnum = a.attnum
order by name;
