-- What do the comments say, and about which objects?
with spaces as (
  select n.oid, n.nspname
  from pg_namespace as n
  where n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'schema_tools')
),
relations as (
  select
    c.oid,
    format('%I.%I', s.nspname, c.relname) as name,
    case c.relkind
      when 'v' then 'view'
      when 'm' then 'materialized view'
      when 'f' then 'foreign table'
      when 'S' then 'sequence'
      when 'c' then 'composite type'
      when 'i' then 'index'
      when 'I' then 'index'
      else 'table'
    end as kind
  from pg_class as c
  join spaces as s on s.oid = c.relnamespace
  where c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
),
types as (
  select
    t.oid,
    format('%I.%I', s.nspname, t.typname) as name,
    case t.typtype
      when 'c' then 'composite type'
      when 'd' then 'domain'
      when 'e' then 'enum'
      when 'r' then 'range type'
      when 'm' then 'multirange type'
      else 'base type'
    end as kind
  from pg_type as t
  join spaces as s on s.oid = t.typnamespace
),
-- FirstNormalObjectId in src/include/access/transam.h: the server's own are below, but for public and extensions
said as materialized (
  select d.classoid, d.objoid, d.objsubid, d.description
  from pg_description as d
  where (d.objoid >= 16384 or d.classoid in ('pg_namespace'::regclass, 'pg_extension'::regclass))
    and (d.classoid, d.objoid) not in (
      select e.classid, e.objid
      from pg_depend as e
      where e.refclassid = 'pg_extension'::regclass
        and e.deptype = 'e'
    )
),
objects as (
  select
    'pg_class'::regclass as classid,
    r.oid as objid,
    0 as objsubid,
    r.kind,
    r.name,
    r.kind || ' ' || r.name as parent
  from relations as r
  union all
  select
    'pg_class'::regclass,
    r.oid,
    a.attnum,
    'column',
    r.name || '.' || quote_ident(a.attname),
    case
      when r.kind in ('table', 'foreign table') then 'column ' || r.name || '.' || quote_ident(a.attname)
      else r.kind || ' ' || r.name
    end
  from said as d
  join relations as r on r.oid = d.objoid
  join pg_attribute as a on a.attrelid = d.objoid and a.attnum = d.objsubid
  where d.classoid = 'pg_class'::regclass
    and d.objsubid > 0
  union all
  select
    'pg_constraint'::regclass,
    k.oid,
    0,
    case when k.conrelid = 0 then 'domain constraint' else 'constraint' end,
    coalesce(r.name, t.name) || '.' || quote_ident(k.conname),
    case
      when k.conrelid = 0 then 'domain ' || t.name
      else 'constraint ' || r.name || '.' || quote_ident(k.conname)
    end
  from said as d
  join pg_constraint as k on k.oid = d.objoid and d.classoid = 'pg_constraint'::regclass
  left join relations as r on r.oid = k.conrelid
  left join types as t on t.oid = k.contypid
  union all
  select 'pg_trigger'::regclass, t.oid, 0, 'trigger', r.name || '.' || quote_ident(t.tgname),
    'trigger ' || r.name || '.' || quote_ident(t.tgname)
  from said as d
  join pg_trigger as t on t.oid = d.objoid and d.classoid = 'pg_trigger'::regclass
  join relations as r on r.oid = t.tgrelid
  union all
  select 'pg_policy'::regclass, p.oid, 0, 'policy', r.name || '.' || quote_ident(p.polname),
    'policy ' || r.name || '.' || quote_ident(p.polname)
  from pg_policy as p
  join relations as r on r.oid = p.polrelid
  union all
  select 'pg_rewrite'::regclass, w.oid, 0, 'rule', r.name || '.' || quote_ident(w.rulename),
    'rule ' || r.name || '.' || quote_ident(w.rulename)
  from pg_rewrite as w
  join relations as r on r.oid = w.ev_class
  union all
  select 'pg_type'::regclass, t.oid, 0, t.kind, t.name, t.kind || ' ' || t.name
  from types as t
  union all
  select
    'pg_proc'::regclass,
    p.oid,
    0,
    'function',
    format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)),
    format('function %I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes))
  from pg_proc as p
  join spaces as s on s.oid = p.pronamespace
  union all
  select 'pg_namespace'::regclass, s.oid, 0, 'schema', quote_ident(s.nspname), 'schema ' || quote_ident(s.nspname)
  from spaces as s
  union all
  select 'pg_extension'::regclass, x.oid, 0, 'extension', quote_ident(x.extname), 'extension ' || quote_ident(x.extname)
  from pg_extension as x
  union all
  select 'pg_statistic_ext'::regclass, e.oid, 0, 'statistics', format('%I.%I', s.nspname, e.stxname),
    format('statistics %I.%I', s.nspname, e.stxname)
  from pg_statistic_ext as e
  join spaces as s on s.oid = e.stxnamespace
  union all
  select d.classoid::regclass, d.objoid, 0, kind.name, kind.identity, kind.name || ' ' || kind.identity
  from said as d
  cross join lateral pg_identify_object(d.classoid, d.objoid, 0) as o
  cross join lateral (
    select
      -- so before PostgreSQL 16
      replace(o.identity, ' on language ', ' language ') as identity,
      case o.type
        when 'server' then 'foreign server'
        when 'foreign-data wrapper' then 'foreign data wrapper'
        else o.type
      end as name
  ) as kind
  where d.classoid in (
      'pg_am'::regclass, 'pg_cast'::regclass, 'pg_collation'::regclass, 'pg_conversion'::regclass,
      'pg_event_trigger'::regclass, 'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass,
      'pg_language'::regclass, 'pg_opclass'::regclass, 'pg_operator'::regclass, 'pg_opfamily'::regclass,
      'pg_publication'::regclass, 'pg_subscription'::regclass, 'pg_transform'::regclass, 'pg_ts_config'::regclass,
      'pg_ts_dict'::regclass, 'pg_ts_parser'::regclass, 'pg_ts_template'::regclass
    )
)
select
  o.kind || ' ' || o.name as name,
  array[
    coalesce(
      (
        -- the index of a constraint is part of it
        select 'constraint ' || r.name || '.' || quote_ident(k.conname)
        from pg_depend as i
        join pg_constraint as k on k.oid = i.refobjid
        join relations as r on r.oid = k.conrelid
        where o.kind = 'index'
          and i.classid = o.classid
          and i.objid = o.objid
          and i.refclassid = 'pg_constraint'::regclass
          and i.deptype = 'i'
      ),
      o.parent
    )
  ] as parents,
  d.description as text
from said as d
join objects as o on o.classid = d.classoid and o.objid = d.objoid and o.objsubid = d.objsubid
where not (o.kind = 'schema' and o.name = 'public' and d.description = 'standard public schema')
order by name;
