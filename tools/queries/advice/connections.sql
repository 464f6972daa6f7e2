-- How many of the connections that the server takes are in use, and by whom?
select
  quote_ident(current_database()) as name,
  count(*) as used,
  current_setting('max_connections')::integer as most,
  current_setting('superuser_reserved_connections')::integer
    + coalesce(current_setting('reserved_connections', true), '0')::integer as reserved,
  count(*) filter (where a.state = 'idle') as idle,
  count(*) filter (where a.state = 'active') as active
from pg_stat_activity as a
-- of other roles the kind of session is not seen without pg_read_all_stats
where a.datid is not null
  and coalesce(a.backend_type, 'client backend') = 'client backend';
