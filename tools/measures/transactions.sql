-- Which transactions are open in this database, the oldest first, and which sessions does this role know nothing of?
select
  a.pid,
  a.usename::text as role,
  coalesce(nullif(a.application_name, ''), a.backend_type) as application,
  a.state,
  extract(epoch from clock_timestamp() - a.xact_start)::float8 as age,
  a.query = '<insufficient privilege>' as is_hidden
from pg_catalog.pg_stat_activity as a
where a.datname = current_database()
  and a.pid <> pg_backend_pid()
  and (a.xact_start is not null or a.query = '<insufficient privilege>')
order by a.xact_start, a.pid;
