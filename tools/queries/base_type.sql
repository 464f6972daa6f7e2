-- Which base types are there, shell types included, and which functions read and write their values?
select
  format('%I.%I', n.nspname, t.typname) as name,
  array['schema ' || quote_ident(n.nspname)] as parents,
  coalesce(nullif(t.typowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  not t.typisdefined as shell,
  case when t.typisdefined then t.typinput::text end as input,
  case when t.typisdefined then t.typoutput::text end as output,
  case when t.typreceive <> 0 then t.typreceive::text end as receive,
  case when t.typsend <> 0 then t.typsend::text end as send,
  case when t.typmodin <> 0 then t.typmodin::text end as typmod_in,
  case when t.typmodout <> 0 then t.typmodout::text end as typmod_out,
  case when t.typanalyze <> 0 then t.typanalyze::text end as analyze,
  case when t.typsubscript <> 0 then t.typsubscript::text end as subscript,
  t.typlen as length,
  t.typbyval as by_value,
  case t.typalign when 'c' then 'char' when 's' then 'int2' when 'i' then 'int4' else 'double' end as alignment,
  case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end as storage,
  t.typcategory::text as category,
  t.typispreferred as preferred,
  t.typdefault as default,
  case when t.typelem <> 0 then format_type(t.typelem, null) end as element,
  t.typdelim::text as delimiter,
  t.typcollation <> 0 as collatable
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
where (t.typtype = 'b' or not t.typisdefined)
  and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  -- the array that comes with each type
  and t.oid not in (select a.typarray from pg_type as a)
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_type'::regclass
      and e.objid = t.oid
      and e.deptype = 'e'
  )
order by name;
