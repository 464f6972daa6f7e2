-- What was changed in a stretch of time?
-- who: support, as a role that bypasses row-level security
-- index: audit_log_occurred_at_idx
-- $1: from
-- $2: until, not included
-- given: select '2026-09-14 00:00Z', '2026-09-15 00:00Z'

select l.occurred_at, l.actor_id, l.action, l.table_name, l.row_key
from audit_log as l
where l.occurred_at >= $1
  and l.occurred_at < $2
order by l.occurred_at;
