-- Which tables does each publication send, and which of their rows and columns?
select
  format('%I.%I.%I', p.pubname, n.nspname, c.relname) as name,
  array[
    'publication ' || quote_ident(p.pubname),
    'table ' || format('%I.%I', n.nspname, c.relname)
  ] as parents,
  case
    when m.prattrs is null then '{}'
    else array(
      select quote_ident(a.attname)
      from pg_attribute as a
      where a.attrelid = m.prrelid
        and a.attnum = any (m.prattrs::smallint[])
      order by a.attname
    )
  end as columns,
  pg_get_expr(m.prqual, m.prrelid) as predicate
from pg_publication_rel as m
join pg_publication as p on p.oid = m.prpubid
join pg_class as c on c.oid = m.prrelid
join pg_namespace as n on n.oid = c.relnamespace
order by name;
