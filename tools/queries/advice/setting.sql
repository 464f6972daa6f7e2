-- How is the server set, for sessions of this role that set nothing themselves?
select
  s.name,
  s.reset_val as value,
  s.unit,
  s.boot_val as initial,
  s.source,
  s.context,
  s.pending_restart,
  quote_ident(current_database()) as database,
  (
    select sum(greatest(c.relpages, 0))::bigint from pg_class as c where c.relkind in ('r', 'm', 'i', 't')
  ) * current_setting('block_size')::bigint as database_bytes
from pg_settings as s
order by s.name;
