-- What the ledger keeps beside yoyo's own tables: what exactly ran, who ran it, from where, and how far it came.
create schema if not exists schema_tools;

create table if not exists schema_tools.log (
  log_id bigint generated always as identity,
  migration_id text not null,
  operation text not null,
  raw_hash text,
  token_hash text,
  executed text,
  transactional text not null default 'true',
  late boolean not null default false,
  statements_done integer,
  started_at timestamptz not null default pg_catalog.clock_timestamp(),
  finished_at timestamptz,
  role text not null default session_user,
  operator text,
  host text,
  tool_version text,
  git_commit text,
  lock_waits integer not null default 0,
  lock_wait interval not null default '0',
  refused integer,
  constraint log_pkey primary key (log_id),
  constraint log_operation_check check (operation in ('apply', 'rollback', 'mark', 'unmark'))
);

-- A log that an earlier version made
alter table schema_tools.log
  add column if not exists lock_waits integer not null default 0,
  add column if not exists lock_wait interval not null default '0',
  add column if not exists refused integer;

create index if not exists log_migration_id_idx on schema_tools.log (migration_id, log_id);

comment on schema schema_tools is 'The ledger of schema-tools; the tables named _yoyo_* say what is applied, this says what ran.';
comment on table schema_tools.log is 'One row for each migration applied, rolled back or marked; format 1.';
comment on column schema_tools.log.lock_waits is 'How often a lock could not be had within the lock timeout.';
comment on column schema_tools.log.lock_wait is 'What those tries took, and the pauses after them.';
comment on column schema_tools.log.refused is
  'Outside a transaction: the statement (from 1) that the server refused at the last try, so that nothing there is its work.';
