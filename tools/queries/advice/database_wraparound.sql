-- How far is each database from the end of its transaction numbers?
select
  quote_ident(d.datname) as name,
  age(d.datfrozenxid) as transactions,
  mxid_age(d.datminmxid) as multixacts,
  current_setting('autovacuum_freeze_max_age')::bigint as freeze_max_age,
  current_setting('autovacuum_multixact_freeze_max_age')::bigint as multixact_freeze_max_age
from pg_database as d
order by greatest(age(d.datfrozenxid), mxid_age(d.datminmxid)) desc, name;
