-- How many pages has each B-tree index, and how many would its entries fill, by their average width?
-- once and by itself: joined row by row the view is read anew for each key
with widths as materialized (
  select
    s.schemaname,
    s.tablename,
    s.attname,
    (1 - s.null_frac) * s.avg_width as bytes,
    s.null_frac
  from pg_stats as s
  where not s.inherited
),
keys as (
  select
    i.indexrelid,
    sum(s.bytes) as bytes,
    bool_or(s.null_frac > 0) as has_nulls,
    count(s.attname) as known,
    count(*) as wanted
  from pg_index as i
  join pg_class as x on x.oid = i.indexrelid
  join pg_class as c on c.oid = i.indrelid
  join pg_namespace as n on n.oid = c.relnamespace
  join pg_am as m on m.oid = x.relam and m.amname = 'btree'
  cross join unnest(i.indkey::smallint[]) with ordinality as k (attnum, position)
  -- the statistics of an expression are the index's own
  join pg_attribute as a
    on a.attrelid = case when k.attnum = 0 then x.oid else c.oid end
    and a.attnum = case when k.attnum = 0 then k.position else k.attnum end
  left join widths as s
    on s.schemaname = n.nspname
    and s.tablename = case when k.attnum = 0 then x.relname else c.relname end
    and s.attname = a.attname
  where i.indisvalid
    and c.relkind in ('r', 'm')
    and x.relkind = 'i'
    and n.nspname !~ '^pg_'
  group by i.indexrelid
),
indexes as (
  select
    x.oid,
    format('%I.%I', n.nspname, x.relname) as name,
    x.relpages,
    x.reltuples,
    current_setting('block_size')::float as page,
    -- an entry: 4 bytes of pointer, 8 of header, 8 more where there are nulls, the rest aligned to 8
    4 + 8 + case when k.has_nulls then 8 else 0 end + ceil(k.bytes / 8.0) * 8 as entry_bytes,
    coalesce(
      (select o.option_value from pg_options_to_table(x.reloptions) as o where o.option_name = 'fillfactor')::float,
      90
    ) / 100 as fill
  from keys as k
  join pg_class as x on x.oid = k.indexrelid
  join pg_namespace as n on n.oid = x.relnamespace
  where k.known = k.wanted
    and x.relpages > 1
    and x.reltuples >= 0
)
select
  t.name,
  (t.relpages * t.page)::bigint as size_bytes,
  -- a page has 24 bytes at its start and 16 at its end; one page is the index's own
  (greatest(0, t.relpages - 1 - f.pages) * t.page)::bigint as wasted_bytes,
  t.reltuples::bigint as entries
from indexes as t
cross join lateral (
  select ceil(t.reltuples / greatest(1, floor((t.page - 40) * t.fill / t.entry_bytes))) as pages
) as f
order by wasted_bytes desc, name;
