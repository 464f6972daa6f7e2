-- What is there, by kind and name, whether or not another query reads it? Asked without looking at the other queries.
with parts as materialized (
  -- members of extensions, what is part of something else (a table's row type, a constraint's index), and the
  -- copies of what a partitioned table has in its partitions (DependencyType in src/include/catalog/dependency.h)
  select d.classid, d.objid
  from pg_depend as d
  where d.deptype in ('e', 'i', 'P', 'S')
    and d.objsubid = 0
),
members as materialized (
  select d.classid, d.objid
  from pg_depend as d
  where d.refclassid = 'pg_extension'::regclass
    and d.deptype = 'e'
),
roles as (
  select
    oid,
    coalesce(nullif(oid::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as name
  from pg_roles
  union all
  select 0, 'public'
),
spaces as materialized (
  select n.oid, quote_ident(n.nspname) as name, n.nspowner, n.nspacl
  from pg_namespace as n
  where n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'schema_tools')
),
relations as materialized (
  select
    c.oid,
    s.name || '.' || quote_ident(c.relname) as name,
    case
      when c.relkind in ('r', 'p') then 'table'
      when c.relkind = 'v' then 'view'
      when c.relkind = 'm' then 'materialized view'
      when c.relkind = 'f' then 'foreign table'
      when c.relkind = 'S' then 'sequence'
      when c.relkind in ('i', 'I') then 'index'
      when c.relkind = 'c' then 'composite type'
      else (pg_identify_object('pg_class'::regclass, c.oid, 0)).type
    end as kind,
    c.relowner,
    c.relacl
  from pg_class as c
  join spaces as s on s.oid = c.relnamespace
  where c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
    and (c.oid, 'pg_class'::regclass) not in (select m.objid, m.classid from members as m)
),
objects as materialized (
  select
    'pg_class'::regclass as class,
    r.oid as object,
    r.kind,
    r.name,
    r.relowner as owner,
    r.relacl as acl,
    -- of a composite type the type is the object; an index counts with its table
    r.kind <> 'composite type' and (i.indexrelid is null or i.indrelid in (select t.oid from relations as t)) as counts
  from relations as r
  left join pg_index as i on i.indexrelid = r.oid
  union all
  select
    'pg_constraint'::regclass,
    k.oid,
    'constraint',
    r.name || '.' || quote_ident(k.conname),
    null,
    null,
    -- a NOT NULL is a fact of its column
    k.contype <> 'n' and k.coninhcount = 0
  from pg_constraint as k
  join relations as r on r.oid = k.conrelid
  -- most of them are NOT NULLs that nothing is said of
  where k.contype <> 'n'
    or k.oid in (select d.objoid from pg_description as d where d.classoid = 'pg_constraint'::regclass)
  union all
  select
    'pg_constraint'::regclass,
    k.oid,
    'domain constraint',
    s.name || '.' || quote_ident(t.typname) || '.' || quote_ident(k.conname),
    null,
    null,
    -- a fact of its domain
    false
  from pg_constraint as k
  join pg_type as t on t.oid = k.contypid
  join spaces as s on s.oid = t.typnamespace
  union all
  select 'pg_trigger'::regclass, t.oid, 'trigger', r.name || '.' || quote_ident(t.tgname), null, null, true
  from pg_trigger as t
  join relations as r on r.oid = t.tgrelid
  where not t.tgisinternal
  union all
  select 'pg_policy'::regclass, p.oid, 'policy', r.name || '.' || quote_ident(p.polname), null, null, true
  from pg_policy as p
  join relations as r on r.oid = p.polrelid
  union all
  select 'pg_rewrite'::regclass, w.oid, 'rule', r.name || '.' || quote_ident(w.rulename), null, null, true
  from pg_rewrite as w
  join relations as r on r.oid = w.ev_class
  union all
  select
    'pg_type'::regclass,
    t.oid,
    case
      when t.typtype = 'c' then 'composite type'
      when t.typtype = 'd' then 'domain'
      when t.typtype = 'e' then 'enum'
      when t.typtype = 'r' then 'range type'
      when t.typtype = 'm' then 'multirange type'
      else 'base type'
    end,
    s.name || '.' || quote_ident(t.typname),
    t.typowner,
    t.typacl,
    true
  from pg_type as t
  join spaces as s on s.oid = t.typnamespace
  union all
  select
    'pg_proc'::regclass,
    p.oid,
    'function',
    s.name || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')',
    p.proowner,
    p.proacl,
    true
  from pg_proc as p
  join spaces as s on s.oid = p.pronamespace
  union all
  select 'pg_namespace'::regclass, s.oid, 'schema', s.name, s.nspowner, s.nspacl, true
  from spaces as s
  union all
  select 'pg_extension'::regclass, x.oid, 'extension', quote_ident(x.extname), null, null, true
  from pg_extension as x
  union all
  select 'pg_statistic_ext'::regclass, e.oid, 'statistics', s.name || '.' || quote_ident(e.stxname), null, null, true
  from pg_statistic_ext as e
  join spaces as s on s.oid = e.stxnamespace
  union all
  select 'pg_collation'::regclass, c.oid, 'collation', s.name || '.' || quote_ident(c.collname), null, null, true
  from pg_collation as c
  join spaces as s on s.oid = c.collnamespace
  union all
  select 'pg_conversion'::regclass, c.oid, 'conversion', s.name || '.' || quote_ident(c.conname), null, null, true
  from pg_conversion as c
  join spaces as s on s.oid = c.connamespace
  union all
  select 'pg_operator'::regclass, o.oid, 'operator', o.oid::regoperator::text, null, null, true
  from pg_operator as o
  join spaces as s on s.oid = o.oprnamespace
  -- a commutator that was named and not made yet
  where o.oprcode <> 0
  union all
  select
    'pg_opclass'::regclass,
    c.oid,
    'operator class',
    s.name || '.' || quote_ident(c.opcname) || ' USING ' || quote_ident(a.amname),
    null,
    null,
    true
  from pg_opclass as c
  join spaces as s on s.oid = c.opcnamespace
  join pg_am as a on a.oid = c.opcmethod
  union all
  select
    'pg_opfamily'::regclass,
    f.oid,
    'operator family',
    s.name || '.' || quote_ident(f.opfname) || ' USING ' || quote_ident(a.amname),
    null,
    null,
    true
  from pg_opfamily as f
  join spaces as s on s.oid = f.opfnamespace
  join pg_am as a on a.oid = f.opfmethod
  union all
  select 'pg_ts_config'::regclass, c.oid, 'text search configuration', s.name || '.' || quote_ident(c.cfgname), null, null, true
  from pg_ts_config as c
  join spaces as s on s.oid = c.cfgnamespace
  union all
  select 'pg_ts_dict'::regclass, d.oid, 'text search dictionary', s.name || '.' || quote_ident(d.dictname), null, null, true
  from pg_ts_dict as d
  join spaces as s on s.oid = d.dictnamespace
  union all
  select 'pg_ts_parser'::regclass, p.oid, 'text search parser', s.name || '.' || quote_ident(p.prsname), null, null, true
  from pg_ts_parser as p
  join spaces as s on s.oid = p.prsnamespace
  union all
  select 'pg_ts_template'::regclass, t.oid, 'text search template', s.name || '.' || quote_ident(t.tmplname), null, null, true
  from pg_ts_template as t
  join spaces as s on s.oid = t.tmplnamespace
  -- FirstNormalObjectId in src/include/access/transam.h: the server's own are below
  union all
  select 'pg_am'::regclass, a.oid, 'access method', quote_ident(a.amname), null, null, true
  from pg_am as a
  where a.oid >= 16384
  union all
  select
    'pg_cast'::regclass, c.oid, 'cast', (pg_identify_object('pg_cast'::regclass, c.oid, 0)).identity, null, null, true
  from pg_cast as c
  where c.oid >= 16384
  union all
  select 'pg_language'::regclass, l.oid, 'language', quote_ident(l.lanname), l.lanowner, l.lanacl, true
  from pg_language as l
  where l.oid >= 16384
  union all
  select
    'pg_transform'::regclass,
    t.oid,
    'transform',
    'for ' || format_type(t.trftype, null) || ' language ' || quote_ident(l.lanname),
    null,
    null,
    true
  from pg_transform as t
  join pg_language as l on l.oid = t.trflang
  union all
  select 'pg_event_trigger'::regclass, t.oid, 'event trigger', quote_ident(t.evtname), null, null, true
  from pg_event_trigger as t
  union all
  select
    'pg_foreign_data_wrapper'::regclass, w.oid, 'foreign data wrapper', quote_ident(w.fdwname), w.fdwowner, w.fdwacl, true
  from pg_foreign_data_wrapper as w
  union all
  select 'pg_foreign_server'::regclass, f.oid, 'foreign server', quote_ident(f.srvname), f.srvowner, f.srvacl, true
  from pg_foreign_server as f
  union all
  select 'pg_user_mapping'::regclass, m.umid, 'user mapping', quote_ident(m.srvname) || ' for ' || r.name, null, null, true
  from pg_user_mappings as m
  join roles as r on r.oid = m.umuser
  union all
  select 'pg_publication'::regclass, p.oid, 'publication', quote_ident(p.pubname), null, null, true
  from pg_publication as p
  union all
  select
    'pg_publication_rel'::regclass,
    m.oid,
    'publication relation',
    quote_ident(p.pubname) || '.' || m.prrelid::regclass::text,
    null,
    null,
    true
  from pg_publication_rel as m
  join pg_publication as p on p.oid = m.prpubid
  union all
  select 'pg_subscription'::regclass, s.oid, 'subscription', quote_ident(s.subname), null, null, true
  from pg_subscription as s
  join pg_database as d on d.oid = s.subdbid
  where d.datname = current_database()
),
kept as materialized (
  select o.class, o.object, o.kind, o.name
  from objects as o
  where o.counts
    and (o.object, o.class) not in (select p.objid, p.classid from parts as p)
),
-- of columns only what is said of them: a table's query has the list of its columns
columns as (
  select r.oid, a.attnum, r.name || '.' || quote_ident(a.attname) as name, r.relowner as owner, a.attacl as acl
  from (
    select d.objoid as oid, d.objsubid as attnum
    from pg_description as d
    where d.classoid = 'pg_class'::regclass
      and d.objsubid > 0
    union
    select l.objoid, l.objsubid
    from pg_seclabel as l
    where l.classoid = 'pg_class'::regclass
      and l.objsubid > 0
    union
    select a.attrelid, a.attnum
    from pg_attribute as a
    where a.attacl is not null
  ) as said
  join relations as r on r.oid = said.oid
  join pg_attribute as a on a.attrelid = said.oid and a.attnum = said.attnum and not a.attisdropped
),
named as materialized (
  -- what is part of something has comments and rights as well
  select o.class, o.object, 0 as part, o.kind, o.name, o.owner, o.acl
  from objects as o
  where (o.object, o.class) not in (select m.objid, m.classid from members as m)
  union all
  select 'pg_class'::regclass, c.oid, c.attnum, 'column', c.name, c.owner, c.acl
  from columns as c
)
select k.kind as kind, k.name as name
from kept as k
union all
select 'comment', n.kind || ' ' || n.name
from named as n
join pg_description as d on d.classoid = n.class and d.objoid = n.object and d.objsubid = n.part
where (n.kind, n.name, d.description) <> ('schema', 'public', 'standard public schema')
union all
select 'security label', n.kind || ' ' || n.name || ' by ' || quote_ident(l.provider)
from named as n
join (
  select l.classoid, l.objoid, l.objsubid, l.provider
  from pg_seclabel as l
  union all
  select l.classoid, l.objoid, 0, l.provider
  from pg_shseclabel as l
) as l on l.classoid = n.class and l.objoid = n.object and l.objsubid = n.part
union all
-- what everybody or the owner may do is a difference from the standard, and no object by itself
select distinct 'privilege', n.kind || ' ' || n.name || ' to ' || coalesce(r.name, a.grantee::text)
from named as n
cross join lateral aclexplode(n.acl) as a
left join roles as r on r.oid = a.grantee
where a.grantee not in (0, n.owner)
union all
select distinct
  'default privilege',
  concat_ws(
    ' ',
    'for',
    maker.name,
    'in schema ' || s.name,
    'on',
    case d.defaclobjtype
      when 'r' then 'tables'
      when 'S' then 'sequences'
      when 'f' then 'functions'
      when 'T' then 'types'
      when 'n' then 'schemas'
      else 'large objects'
    end,
    'to',
    r.name
  )
from pg_default_acl as d
join roles as maker on maker.oid = d.defaclrole
left join spaces as s on s.oid = d.defaclnamespace
cross join lateral aclexplode(d.defaclacl) as a
join roles as r on r.oid = a.grantee
where a.grantee not in (0, d.defaclrole)
  and (s.oid is not null or d.defaclnamespace = 0)
union all
select 'extension dependency', n.kind || ' ' || n.name || ' on ' || quote_ident(x.extname)
from pg_extension as x
join pg_depend as d on d.refclassid = 'pg_extension'::regclass and d.refobjid = x.oid and d.deptype = 'x'
join kept as n on n.class = d.classid and n.object = d.objid
union all
-- in a catalog that this page does not know; the others hold no objects, or belong to the cluster
select distinct o.type, o.identity
from pg_class as c
cross join lateral (
  select d.classid, d.objid
  from pg_depend as d
  where d.classid = c.oid
    and d.objid >= 16384
  -- catalog by catalog, by the index
  offset 0
) as d
cross join lateral pg_identify_object(d.classid, d.objid, 0) as o
where c.relnamespace = 'pg_catalog'::regnamespace
  and c.relkind = 'r'
  and c.oid not in (
    'pg_am'::regclass, 'pg_amop'::regclass, 'pg_amproc'::regclass, 'pg_attrdef'::regclass, 'pg_cast'::regclass,
    'pg_class'::regclass, 'pg_collation'::regclass, 'pg_constraint'::regclass, 'pg_conversion'::regclass,
    'pg_default_acl'::regclass, 'pg_event_trigger'::regclass, 'pg_extension'::regclass,
    'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass, 'pg_language'::regclass,
    'pg_namespace'::regclass, 'pg_opclass'::regclass, 'pg_operator'::regclass, 'pg_opfamily'::regclass,
    'pg_policy'::regclass, 'pg_proc'::regclass, 'pg_publication'::regclass, 'pg_publication_namespace'::regclass,
    'pg_publication_rel'::regclass, 'pg_rewrite'::regclass, 'pg_statistic_ext'::regclass,
    'pg_subscription'::regclass, 'pg_transform'::regclass, 'pg_trigger'::regclass, 'pg_ts_config'::regclass,
    'pg_ts_dict'::regclass, 'pg_ts_parser'::regclass, 'pg_ts_template'::regclass, 'pg_type'::regclass,
    'pg_user_mapping'::regclass
  )
  and (d.objid, d.classid) not in (select p.objid, p.classid from parts as p);
