-- The tables on which the statements of lock_facts.tsv were measured, with few rows.
create schema archive;
create sequence free_seq;
create type task_status as enum ('todo', 'doing', 'done');
create domain posint as integer check (value > 0);
create domain plainint as integer;
create function imm_one() returns integer language sql immutable as 'select 1';
create function touch() returns trigger language plpgsql as $$begin new.updated_at := now(); return new; end$$;
create table users (id text primary key, email text not null constraint users_email_key unique);
create table projects (id uuid primary key default gen_random_uuid(), owner text not null references users (id), name text);
create index idx_projects_owner on projects (owner);
create table tags (id uuid primary key default gen_random_uuid(), name varchar(50) not null);
create table events (eid integer not null, eid_nullable integer, room int4range, during tstzrange);
create table tasks (
  id uuid primary key default gen_random_uuid(),
  user_id text not null constraint tasks_user_id_fkey references users (id),
  project_id uuid,
  title text not null constraint tasks_title_check check (title <> ''),
  description text,
  notes text,
  status task_status not null default 'todo',
  status_txt text not null default 'todo',
  priority integer not null default 3,
  position integer,
  ref_no integer,
  code varchar(20),
  vc varchar(100),
  vc_chk varchar(100) check (vc_chk <> ''),
  vc_expr varchar(100),
  vc_part varchar(100),
  estimate numeric(10, 2),
  qty posint,
  qty2 plainint,
  flags char(4),
  due_local timestamp,
  due_at timestamptz,
  completed boolean not null default false,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_tasks_user_id on tasks (user_id);
create index idx_tasks_code on tasks (code);
create index idx_tasks_ref_no on tasks (ref_no);
create index idx_tasks_expr on tasks (lower(vc_expr));
create index idx_tasks_part on tasks (ref_no) where vc_part = 'x';
create trigger trg_tasks_touch before update on tasks for each row execute function touch();
create view v_open_tasks as select id, user_id from tasks where completed is false;
create table audit_log (task_id uuid, created_at timestamptz not null) partition by range (created_at);
create table audit_2026_01 partition of audit_log for values from ('2026-01-01') to ('2026-02-01');
create table audit_2026_02 partition of audit_log for values from ('2026-02-01') to ('2026-03-01');
create table audit_2026_03 (task_id uuid, created_at timestamptz not null);
create table metric (at timestamptz not null, v int) partition by range (at);
create table metric_default partition of metric default;
insert into users select 'u' || n, 'u' || n || '@example.com' from generate_series(1, 50) as n;
insert into projects (owner, name) select 'u' || n, 'p' from generate_series(1, 50) as n;
insert into tags (name) select 't' || n from generate_series(1, 50) as n;
insert into events
select n, n, int4range(n * 10, n * 10 + 5), tstzrange('2026-01-01', '2026-01-02') from generate_series(1, 100) as n;
insert into tasks (
  user_id, project_id, title, description, notes, priority, position, ref_no, code, vc, vc_chk, vc_expr, vc_part,
  estimate, qty, qty2, flags, due_local, due_at
)
select
  'u' || 1 + n % 50, (array(select id from projects))[1 + n % 50], 'title', 'about', 'note', 1 + n % 5, n, n * 100,
  'c' || n, 'v', 'v', 'v', 'x', n, n, n, 'a', '2026-01-01', '2026-01-01'
from generate_series(1, 300) as n;
insert into audit_log select gen_random_uuid(), '2026-01-15' from generate_series(1, 100);
insert into audit_log select gen_random_uuid(), '2026-02-15' from generate_series(1, 100);
insert into audit_2026_03 select gen_random_uuid(), '2026-03-15' from generate_series(1, 100);
insert into metric select '2026-05-01', 1 from generate_series(1, 100);
create materialized view mv_counts as select user_id, count(*) as n from tasks group by 1;
create unique index mv_counts_user on mv_counts (user_id);
