-- Drop the audit log with all its partitions; save it first if the entries matter.

drop function create_audit_log_partition(date);

drop table audit_log;

drop type audit_action;
