-- Which transforms are there between types and languages?
select
  format('for %s language %I', format_type(t.trftype, null), l.lanname) as name,
  '{}'::text[] as parents,
  case when t.trffromsql <> 0 then t.trffromsql::regprocedure::text end as from_sql,
  case when t.trftosql <> 0 then t.trftosql::regprocedure::text end as to_sql
from pg_transform as t
join pg_language as l on l.oid = t.trflang
where not exists (
  select from pg_depend as e
  where e.refclassid = 'pg_extension'::regclass
    and e.classid = 'pg_transform'::regclass
    and e.objid = t.oid
    and e.deptype = 'e'
)
order by name;
