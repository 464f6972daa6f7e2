-- Which rights will new objects come with, besides what PostgreSQL gives by itself?
with roles as (
  select
    oid,
    coalesce(nullif(oid::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as name
  from pg_roles
  union all
  select 0, 'public'
),
settings as (
  select
    d.defaclrole,
    n.nspname,
    d.defaclobjtype,
    d.defaclacl as acl,
    -- of a schema they add to the standard, else they replace it
    case
      when d.defaclnamespace = 0
        then acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)
    end as standard
  from pg_default_acl as d
  left join pg_namespace as n on n.oid = d.defaclnamespace
  where coalesce(n.nspname, '') <> 'schema_tools'
),
rights as (
  select
    s.defaclrole,
    s.nspname,
    s.defaclobjtype,
    g.grantee,
    array_agg(g.privilege order by g.privilege) filter (where g.granted) as granted,
    array_agg(g.privilege order by g.privilege) filter (where not g.granted) as standard
  from settings as s
  cross join lateral (
    select
      true as granted,
      a.grantee,
      lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end as privilege
    from aclexplode(s.acl) as a
    union all
    select false, a.grantee, lower(a.privilege_type)
    from aclexplode(s.standard) as a
  ) as g
  group by s.defaclrole, s.nspname, s.defaclobjtype, g.grantee
)
select
  concat_ws(
    ' ',
    'for',
    maker.name,
    'in schema ' || quote_ident(r.nspname),
    'on',
    case r.defaclobjtype
      when 'r' then 'tables'
      when 'S' then 'sequences'
      when 'f' then 'functions'
      when 'T' then 'types'
      when 'n' then 'schemas'
      else 'large objects'
    end,
    'to',
    grantee.name
  ) as name,
  case when r.nspname is null then '{}' else array['schema ' || quote_ident(r.nspname)] end as parents,
  case
    -- MAINTAIN came with PostgreSQL 17: all is all
    when r.defaclobjtype = 'r' and r.granted @> everything.privileges then '{all}'
    else coalesce(r.granted, '{}')
  end as privileges
from rights as r
join roles as maker on maker.oid = r.defaclrole
join roles as grantee on grantee.oid = r.grantee
cross join lateral (
  select array_agg(lower(a.privilege_type)) as privileges
  from aclexplode(acldefault(case r.defaclobjtype when 'S' then 's' else r.defaclobjtype end, r.defaclrole)) as a
  where a.grantee = r.defaclrole
) as everything
where r.granted is distinct from r.standard
order by name;
