-- Create the audit log, a partition for each month, and a function that makes the next one.
--
-- why: who changed a shared project, and what was there before? By month, so that old months go in an instant
-- effect: none on existing data; partitions from May to December 2026
-- risk: low
-- phase: expand

create type audit_action as enum ('insert', 'update', 'delete');

comment on type audit_action is 'What happened to the row.';

create table audit_log (
    occurred_at timestamptz not null default clock_timestamp(),
    -- a uuid, because before PostgreSQL 17 identity columns and partitions do not go together
    id uuid not null default gen_random_uuid(),
    actor_id uuid,
    action audit_action not null,
    table_name varchar(63) not null,
    row_key varchar(200) not null,
    old_row jsonb,
    new_row jsonb,
    constraint audit_log_pkey primary key (id, occurred_at),
    constraint audit_log_rows_check check (
        (action = 'insert') = (old_row is null)
        and (action = 'delete') = (new_row is null)
    )
) partition by range (occurred_at);

create index audit_log_occurred_at_idx on audit_log using brin (occurred_at);

create index audit_log_table_name_row_key_occurred_at_idx on audit_log (table_name, row_key, occurred_at desc);

create index audit_log_actor_id_occurred_at_idx on audit_log (actor_id, occurred_at desc);

-- a month that nobody prepared must not stop anybody's work
create table audit_log_default partition of audit_log default;

-- a partition asked by its own name answers by its own policies: it has none, so only the owner reads it there
alter table audit_log_default enable row level security;

comment on table audit_log is
    'Every change to a sensitive table: who, when, what it was and what it became. Written by triggers, never changed.';
comment on column audit_log.occurred_at is
    'When, to the microsecond and not to the transaction, so that changes have an order.';
comment on column audit_log.id is 'Tells apart changes of the same microsecond.';
comment on column audit_log.actor_id is
    'Who: the setting app.user_id; null when the change came from maintenance. No foreign key: the log outlives '
    'accounts.';
comment on column audit_log.action is 'What happened to the row.';
comment on column audit_log.table_name is 'Which table.';
comment on column audit_log.row_key is
    'Primary key of the row as text; the parts of a composite key are joined by a slash.';
comment on column audit_log.old_row is 'The row before; null for an insert. Sensitive: it holds what people deleted.';
comment on column audit_log.new_row is 'The row after; null for a delete. Sensitive, as old_row is.';
comment on index audit_log_pkey is 'One entry by its key; partitioning demands that the time is part of it.';
comment on index audit_log_occurred_at_idx is
    'All changes in a stretch of time (list_audit_period); BRIN, because entries lie on disk in the order of time.';
comment on index audit_log_table_name_row_key_occurred_at_idx is
    'The history of one row, last change first (list_row_history).';
comment on index audit_log_actor_id_occurred_at_idx is
    'What somebody did, last first (list_own_audit); also the test of row-level security.';
comment on table audit_log_default is
    'Partition of audit_log for times of which no month was prepared; should stay empty.';

create function create_audit_log_partition(month date) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    first_day constant timestamp := date_trunc('month', month::timestamp);
    since constant timestamptz := first_day at time zone 'UTC';
    until constant timestamptz := (first_day + interval '1 month') at time zone 'UTC';
    partition constant text := to_char(first_day, '"audit_log_"YYYY_MM');
begin
    -- conflicts with itself: a second caller waits here, then sees the partition and leaves
    lock table public.audit_log in share update exclusive mode;
    if to_regclass('public.' || partition) is not null then
        return partition;
    end if;

    -- attaching takes this lock on the default partition anyhow; taken now, no row of the month arrives in between
    lock table public.audit_log_default in access exclusive mode;
    execute format(
        'create table public.%I (like public.audit_log including defaults including constraints)',
        partition
    );
    execute format('alter table public.%I enable row level security', partition);
    execute format(
        'with moved as (delete from public.audit_log_default where occurred_at >= %L and occurred_at < %L returning *)
         insert into public.%I select * from moved',
        since, until, partition
    );
    execute format(
        'alter table public.audit_log attach partition public.%I for values from (%L) to (%L)',
        partition, since, until
    );
    execute format(
        'comment on table public.%I is %L',
        partition, to_char(first_day, '"Partition of audit_log for "YYYY-MM", in UTC."')
    );
    return partition;
end
$$;

revoke execute on function create_audit_log_partition(date) from public;

comment on function create_audit_log_partition(date) is
    'Makes the partition of audit_log for the month of a day, if it is missing, and moves rows there from the '
    'default partition; answers its name. To be called every month for the next.';

select create_audit_log_partition(month::date)
from generate_series(timestamp '2026-05-01', timestamp '2026-12-01', interval '1 month') as month;
