-- Which operator families are there, and what is in them that belongs to none of their classes?
select
  format('%I.%I USING %I', n.nspname, f.opfname, am.amname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(f.opfowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  array(
    select concat_ws(
      ' ', o.amopstrategy, o.amopopr::regoperator, 'for order by ' || quote_ident(s.nspname) || '.' || quote_ident(b.opfname)
    )
    from pg_amop as o
    left join pg_opfamily as b on b.oid = o.amopsortfamily
    left join pg_namespace as s on s.oid = b.opfnamespace
    where o.amopfamily = f.oid
      and not exists (
        select from pg_depend as d
        where d.classid = 'pg_amop'::regclass
          and d.objid = o.oid
          and d.refclassid = 'pg_opclass'::regclass
      )
    order by o.amopstrategy, o.amopopr::regoperator::text
  ) as operators,
  array(
    select format(
      '%s (%s, %s) %s',
      p.amprocnum, format_type(p.amproclefttype, null), format_type(p.amprocrighttype, null),
      p.amproc::regprocedure
    )
    from pg_amproc as p
    where p.amprocfamily = f.oid
      and not exists (
        select from pg_depend as d
        where d.classid = 'pg_amproc'::regclass
          and d.objid = p.oid
          and d.refclassid = 'pg_opclass'::regclass
      )
    order by p.amprocnum, p.amproc::regprocedure::text
  ) as functions
from pg_opfamily as f
join pg_namespace as n on n.oid = f.opfnamespace
join pg_am as am on am.oid = f.opfmethod
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_opfamily'::regclass
      and e.objid = f.oid
      and e.deptype = 'e'
  )
order by name;
