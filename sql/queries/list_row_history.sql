-- What happened to one row, last change first?
-- who: support, as a role that bypasses row-level security
-- index: audit_log_table_name_row_key_occurred_at_idx
-- $1: table name
-- $2: primary key of the row as text; the parts of a composite key are joined by a slash
-- given: select table_name, row_key from audit_log order by id limit 1

select l.occurred_at, l.actor_id, l.action, l.old_row, l.new_row
from audit_log as l
where l.table_name = $1
  and l.row_key = $2
order by l.occurred_at desc;
