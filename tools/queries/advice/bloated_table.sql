-- How many pages has each table, and how many would its rows fill, by their average width?
with widths as (
  select
    s.schemaname,
    s.tablename,
    count(*) as known,
    bool_or(s.null_frac > 0) as has_nulls,
    sum((1 - s.null_frac) * s.avg_width) as bytes
  from pg_stats as s
  where not s.inherited
  group by s.schemaname, s.tablename
),
tables as (
  select
    c.oid,
    format('%I.%I', n.nspname, c.relname) as name,
    c.relpages,
    c.reltuples,
    current_setting('block_size')::float as page,
    -- a row: 4 bytes of pointer, 23 of header, a bit for each column where there are nulls, the rest aligned to 8
    -- https://www.postgresql.org/docs/current/storage-page-layout.html
    4 + ceil((23 + case when w.has_nulls then ceil(c.relnatts / 8.0) else 0 end) / 8.0) * 8
      + ceil(w.bytes / 8.0) * 8 as row_bytes,
    coalesce(
      (select o.option_value from pg_options_to_table(c.reloptions) as o where o.option_name = 'fillfactor')::float,
      100
    ) / 100 as fill
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  join widths as w on w.schemaname = n.nspname and w.tablename = c.relname
  where c.relkind in ('r', 'm')
    and c.relpages > 0
    and c.reltuples >= 0
    and n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and w.known = (
      select count(*) from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    )
)
select
  t.name,
  quote_literal(t.name) as literal,
  (t.relpages * t.page)::bigint as size_bytes,
  -- the first 24 bytes of a page are its own, and a row is never cut in two
  (greatest(0, t.relpages - f.pages) * t.page)::bigint as wasted_bytes,
  t.reltuples::bigint as rows,
  pg_stat_get_dead_tuples(t.oid) as dead_rows
from tables as t
cross join lateral (
  select ceil(t.reltuples / greatest(1, floor((t.page - 24) * t.fill / t.row_bytes))) as pages
) as f
order by wasted_bytes desc, name;
