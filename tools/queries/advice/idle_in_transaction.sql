-- Which sessions are in a transaction and do nothing?
select
  a.pid::text as name,
  quote_ident(a.datname) as database,
  quote_ident(a.usename) as role,
  a.application_name as application,
  extract(epoch from clock_timestamp() - a.state_change)::float as idle_seconds,
  extract(epoch from clock_timestamp() - a.xact_start)::float as transaction_seconds
from pg_stat_activity as a
where a.state in ('idle in transaction', 'idle in transaction (aborted)')
  and a.pid <> pg_backend_pid()
order by idle_seconds desc, a.pid;
