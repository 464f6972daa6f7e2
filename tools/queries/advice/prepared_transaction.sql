-- Which prepared transactions were left, with their locks?
select
  p.gid as name,
  quote_literal(p.gid) as literal,
  quote_ident(p.database) as database,
  quote_ident(p.owner) as role,
  extract(epoch from clock_timestamp() - p.prepared)::float as prepared_seconds
from pg_prepared_xacts as p
order by p.prepared, p.gid;
