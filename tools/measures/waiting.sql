-- What does each session of this database lock or ask for, and what does it wait for?
select
  l.pid,
  case l.locktype when 'relation' then l.relation::bigint end as oid, -- to extend a file is ExclusiveLock, too
  l.mode,
  (
    select concat_ws(' ', w.locktype, w.relation, w.virtualxid, w.transactionid, w.mode)
    from pg_catalog.pg_locks as w
    where w.pid = l.pid
      and not w.granted
    limit 1
  ) as waits_for
from pg_catalog.pg_locks as l
where l.pid <> pg_backend_pid();
