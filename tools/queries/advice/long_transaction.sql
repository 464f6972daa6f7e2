-- Which transactions are at work for long, and keep vacuum from removing what died since?
select
  a.pid::text as name,
  quote_ident(a.datname) as database,
  quote_ident(a.usename) as role,
  a.application_name as application,
  a.backend_type,
  extract(epoch from clock_timestamp() - a.xact_start)::float as transaction_seconds,
  greatest(age(a.backend_xmin), 0) as held_transactions
from pg_stat_activity as a
where a.xact_start is not null
  and a.state = 'active'
  and a.backend_type <> 'autovacuum worker'
  and a.pid <> pg_backend_pid()
order by transaction_seconds desc, a.pid;
