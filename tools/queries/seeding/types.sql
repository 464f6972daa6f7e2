-- Of what is each type made, by the name that a column's type has without its modifiers?
select
  t.oid::regtype::text as name,
  case
    when t.typcategory = 'A' and t.typelem <> 0 then 'array'
    when t.typtype = 'd' then 'domain'
    when t.typtype = 'e' then 'enum'
    when t.typtype = 'c' then 'composite'
    when t.typtype = 'r' then 'range'
    when t.typtype = 'm' then 'multirange'
    else 'base'
  end as kind,
  case
    when t.typtype = 'd' then array[format_type(t.typbasetype, t.typtypmod)]
    when t.typcategory = 'A' and t.typelem <> 0 then array[t.typelem::regtype::text]
    when t.typtype = 'r' then (select array[r.rngsubtype::regtype::text] from pg_range as r where r.rngtypid = t.oid)
    when t.typtype = 'e' then array(
      select e.enumlabel::text
      from pg_enum as e
      where e.enumtypid = t.oid
      order by e.enumsortorder
    )
    when t.typtype = 'm' then (select array[r.rngtypid::regtype::text] from pg_range as r where r.rngmultitypid = t.oid)
    when t.typtype = 'c' then array(
      select format_type(a.atttypid, a.atttypmod)
      from pg_attribute as a
      where a.attrelid = t.typrelid
        and a.attnum > 0
        and not a.attisdropped
      order by a.attnum
    )
    else '{}'
  end as parts
from pg_type as t
where t.typtype <> 'p'
  and t.typisdefined;
