-- Who may do what with each object, where it is not what PostgreSQL gives by itself?
with roles as (
  select
    oid,
    coalesce(nullif(oid::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as name
  from pg_roles
  union all
  select 0, 'public'
),
spaces as (
  select n.oid, n.nspname, n.nspowner, n.nspacl
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
      else 'table'
    end as kind,
    c.relkind,
    c.relowner,
    c.relacl
  from pg_class as c
  join spaces as s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
),
objects as (
  select
    'pg_class'::regclass as classid,
    r.oid as objid,
    r.kind,
    r.name,
    array[r.kind || ' ' || r.name] as parents,
    r.relowner as owner,
    r.relacl as acl,
    case r.relkind when 'S' then 's' else 'r' end as type
  from relations as r
  where r.relacl is not null
  union all
  select
    'pg_class'::regclass,
    r.oid,
    'column',
    r.name || '.' || quote_ident(a.attname),
    case when r.kind in ('table', 'foreign table') then array['column ' || r.name || '.' || quote_ident(a.attname)] end
    || array[r.kind || ' ' || r.name],
    r.relowner,
    a.attacl,
    'c'
  from relations as r
  join pg_attribute as a on a.attrelid = r.oid
  where a.attacl is not null
    and not a.attisdropped
  union all
  select
    'pg_namespace'::regclass,
    s.oid,
    'schema',
    quote_ident(s.nspname),
    array['schema ' || quote_ident(s.nspname)],
    s.nspowner,
    s.nspacl,
    'n'
  from spaces as s
  where s.nspacl is not null
  union all
  select
    'pg_proc'::regclass,
    p.oid,
    'function',
    format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)),
    array[format('function %I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes))],
    p.proowner,
    p.proacl,
    'f'
  from pg_proc as p
  join spaces as s on s.oid = p.pronamespace
  where p.proacl is not null
  union all
  select
    'pg_type'::regclass,
    t.oid,
    kind.name,
    format('%I.%I', s.nspname, t.typname),
    array[kind.name || format(' %I.%I', s.nspname, t.typname)],
    t.typowner,
    t.typacl,
    'T'
  from pg_type as t
  join spaces as s on s.oid = t.typnamespace
  cross join lateral (
    select
      case t.typtype
        when 'c' then 'composite type'
        when 'd' then 'domain'
        when 'e' then 'enum'
        when 'r' then 'range type'
        else 'base type'
      end as name
  ) as kind
  where t.typacl is not null
  union all
  select 'pg_language'::regclass, l.oid, 'language', quote_ident(l.lanname), array['language ' || quote_ident(l.lanname)],
    l.lanowner, l.lanacl, 'l'
  from pg_language as l
  where l.lanacl is not null
    and l.oid >= 16384
  union all
  select 'pg_foreign_data_wrapper'::regclass, w.oid, 'foreign data wrapper', quote_ident(w.fdwname),
    array['foreign data wrapper ' || quote_ident(w.fdwname)], w.fdwowner, w.fdwacl, 'F'
  from pg_foreign_data_wrapper as w
  where w.fdwacl is not null
  union all
  select 'pg_foreign_server'::regclass, f.oid, 'foreign server', quote_ident(f.srvname),
    array['foreign server ' || quote_ident(f.srvname)], f.srvowner, f.srvacl, 'S'
  from pg_foreign_server as f
  where f.srvacl is not null
),
rights as (
  select
    o.kind,
    o.name,
    o.parents,
    o.owner,
    o.type,
    g.grantee,
    array_agg(distinct g.privilege) filter (where g.granted) as granted,
    array_agg(distinct g.privilege) filter (where not g.granted) as standard
  from objects as o
  cross join lateral (
    select
      true as granted,
      a.grantee,
      concat_ws(
        ' ',
        lower(a.privilege_type),
        case when a.is_grantable and a.grantee <> o.owner then 'with grant option' end,
        'by ' || (select name from roles where oid = a.grantor and a.grantor <> o.owner)
      ) as privilege
    from aclexplode(o.acl) as a
    union all
    select false, a.grantee, lower(a.privilege_type)
    from aclexplode(acldefault(o.type::"char", o.owner)) as a
  ) as g
  where not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = o.classid
      and e.objid = o.objid
      and e.deptype = 'e'
  )
  group by o.kind, o.name, o.parents, o.owner, o.type, g.grantee
)
select
  format(
    '%s %s to %s',
    r.kind,
    r.name,
    case when r.grantee = r.owner then 'its owner' else coalesce(g.name, r.grantee::text) end
  ) as name,
  r.parents,
  case
    -- MAINTAIN came with PostgreSQL 17: all is all
    when r.type = 'r' and r.granted @> everything.privileges then '{all}'
    else coalesce(r.granted, '{}')
  end as privileges
from rights as r
left join roles as g on g.oid = r.grantee
cross join lateral (
  select array_agg(lower(a.privilege_type)) as privileges
  from aclexplode(acldefault(r.type::"char", r.owner)) as a
  where a.grantee = r.owner
) as everything
where r.granted is distinct from r.standard
order by name;
