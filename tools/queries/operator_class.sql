-- Which operator classes are there, and which operators and functions make them?
select
  format('%I.%I USING %I', n.nspname, c.opcname, am.amname) as name,
  array[
    'schema ' || quote_ident(n.nspname),
    format('operator family %I.%I USING %I', s.nspname, f.opfname, am.amname)
  ] as parents,
  coalesce(nullif(c.opcowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  format('%I.%I', s.nspname, f.opfname) as family,
  format_type(c.opcintype, null) as type,
  c.opcdefault as default,
  case when c.opckeytype <> 0 then format_type(c.opckeytype, null) end as storage,
  array(
    select concat_ws(
      ' ', o.amopstrategy, o.amopopr::regoperator, 'for order by ' || quote_ident(t.nspname) || '.' || quote_ident(b.opfname)
    )
    from pg_depend as d
    join pg_amop as o on o.oid = d.objid
    left join pg_opfamily as b on b.oid = o.amopsortfamily
    left join pg_namespace as t on t.oid = b.opfnamespace
    where d.refclassid = 'pg_opclass'::regclass
      and d.refobjid = c.oid
      and d.classid = 'pg_amop'::regclass
    order by o.amopstrategy, o.amopopr::regoperator::text
  ) as operators,
  array(
    select format(
      '%s (%s, %s) %s',
      p.amprocnum, format_type(p.amproclefttype, null), format_type(p.amprocrighttype, null),
      p.amproc::regprocedure
    )
    from pg_depend as d
    join pg_amproc as p on p.oid = d.objid
    where d.refclassid = 'pg_opclass'::regclass
      and d.refobjid = c.oid
      and d.classid = 'pg_amproc'::regclass
    order by p.amprocnum, p.amproc::regprocedure::text
  ) as functions
from pg_opclass as c
join pg_namespace as n on n.oid = c.opcnamespace
join pg_opfamily as f on f.oid = c.opcfamily
join pg_namespace as s on s.oid = f.opfnamespace
join pg_am as am on am.oid = c.opcmethod
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_opclass'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;
