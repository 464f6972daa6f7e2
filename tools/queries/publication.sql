-- Which publications are there, and what do they send?
select
  quote_ident(p.pubname) as name,
  '{}'::text[] as parents,
  coalesce(nullif(p.pubowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  p.puballtables as all_tables,
  array_remove(
    array[
      case when p.pubinsert then 'insert' end,
      case when p.pubupdate then 'update' end,
      case when p.pubdelete then 'delete' end,
      case when p.pubtruncate then 'truncate' end
    ],
    null
  ) as publish,
  p.pubviaroot as via_partition_root,
  case p.pubgencols::text when 's' then 'stored' end as generated_columns,
  array(
    select quote_ident(s.nspname)
    from pg_publication_namespace as m
    join pg_namespace as s on s.oid = m.pnnspid
    where m.pnpubid = p.oid
    order by s.nspname
  ) as schemas
-- what an older server lacks comes from the first row source: a name is looked for in pg_publication first
from (select 'n' as pubgencols) as older
cross join lateral (
  select
    oid, pubname, pubowner, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, pubgencols
  from pg_publication
) as p
order by name;
