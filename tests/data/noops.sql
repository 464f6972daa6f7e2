-- What leaves base.sql meaning the same: nothing of it is a difference.

-- same: rows
insert into app.users (name) values ('a'), ('b');
-- same: sequences that were used
select nextval('app.ticket'), nextval('app.tasks_number_seq');
insert into app.users (name) values ('a');
-- same: statistics of the planner
analyze app.tasks;
-- same: a filled materialized view
refresh materialized view app.task_counts;
refresh materialized view app.task_counts with no data;
-- same: search_path of the session
set local search_path = app, side, public;
-- same: settings of the session that change how things are printed
set local datestyle = 'SQL, DMY'; set local timezone = 'Asia/Tokyo'; set local intervalstyle = 'iso_8601';
set local extra_float_digits = 0; set local quote_all_identifiers = on; set local standard_conforming_strings = off;
-- same: another role reads
set local role pg_monitor;
-- same: search_path of the role
alter role current_user set search_path = app, public;
-- same: a column that came and went
alter table app.tasks add gone integer; alter table app.tasks drop column gone;
-- same: a last column made again
alter table app.notes drop column written; alter table app.notes add written date;
-- same: a hole in a partitioned table before a new partition
drop table app.events_rest; alter table app.events add gone integer; alter table app.events drop column gone;
create table app.events_rest partition of app.events default;
-- same: a partition that was attached and has the columns in another order underneath
drop table app.events_rest;
create table app.events_rest (gone text, id bigint not null, day date not null, what text,
  constraint what_known check (what <> ''), constraint by_hand primary key (id, day));
alter table app.events_rest drop column gone;
alter table app.events attach partition app.events_rest default;
-- same: a partition that was detached and attached again
alter table app.events detach partition app.events_2026;
alter table app.events attach partition app.events_2026 for values from ('2026-01-01') to ('2027-01-01');
-- same: inheritance that was given up and taken again
alter table app.child no inherit app.parent; alter table app.child inherit app.parent;
-- same: an index made again
drop index app.tasks_number_idx; create unique index tasks_number_idx on app.tasks using btree (number asc nulls last);
-- same: an index with its default operator class and collation in words
drop index app.tasks_title_idx;
create index tasks_title_idx on app.tasks (lower(title) collate "default" text_pattern_ops, priority int4_ops);
-- same: a constraint made again, in other words
alter table app.tasks drop constraint priority_range;
alter table app.tasks add constraint priority_range check ((priority >= 1) and (priority <= 5));
comment on constraint priority_range on app.tasks is 'One is urgent';
-- same: an in list as an array
alter table app.users drop constraint users_kind_check;
alter table app.users add check (kind = any (array['guest', 'member', 'admin']::varchar[]));
-- same: an in list as a dump is read back
alter table app.users drop constraint users_kind_check;
alter table app.users add check (
  (kind)::text = any (array[('guest'::varchar)::text, ('member'::varchar)::text, ('admin'::varchar)::text])
);
-- same: a view over an in list as a dump is read back
create or replace view app.names as select name, kind from app.users
  where (kind)::text = any (array[('member'::varchar)::text, ('admin'::varchar)::text]);
-- same: a constraint that was not valid at first
alter table app.tasks drop constraint tasks_due_check;
alter table app.tasks add constraint tasks_due_check check (due is null or due > '2000-01-01 00:00:00+00') not valid;
alter table app.tasks validate constraint tasks_due_check;
-- same: a foreign key with its default actions in words
alter table app.tasks drop constraint tasks_parent_fkey;
alter table app.tasks add constraint tasks_parent_fkey foreign key (parent_id) references app.tasks (id)
  match simple on update no action on delete no action not deferrable initially immediate;
-- same: a key from an index
alter publication feed drop table app.notes; alter table app.notes drop constraint notes_pkey;
create unique index notes_pkey on app.notes (id); alter table app.notes add primary key using index notes_pkey;
alter publication feed add table app.notes (id, body) where (id > 0);
-- same: other names for types
alter table app.notes drop column written; alter table app.notes add written pg_catalog.date;
alter table app.tasks alter amount type decimal(10, 2); alter table app.tasks alter due type timestamp with time zone;
-- same: a default in other words
alter table app.tasks alter updated_at set default pg_catalog.now(); alter table app.tasks alter priority set default (3);
-- same: a NOT NULL that came and went
alter table app.notes alter body set not null; alter table app.notes alter body drop not null;
-- same: storage that is the default
alter table app.notes alter body set storage extended;
-- same: statistics target that is the default
alter table app.notes alter body set statistics 50; alter table app.notes alter body set statistics -1;
-- same: options in another order
alter table app.notes reset (fillfactor, autovacuum_enabled);
alter table app.notes set (autovacuum_enabled = false, fillfactor = 70);
-- same: an identity with its default options in words
alter table app.users alter id drop identity;
alter table app.users alter id add generated always as identity (start 1 increment 1 minvalue 1 cache 1 no cycle);
-- same: an identity whose sequence has another name
alter sequence app.users_id_seq rename to numbers_of_users;
-- same: a sequence with its defaults in words
drop sequence app.ticket;
create sequence app.ticket as integer increment by 5 minvalue 1 maxvalue 2147483647 start 1 cache 10 no cycle;
grant usage on sequence app.ticket to pg_monitor;
-- same: rights of the owner in words
grant all on app.notes to current_user; grant all on app.names to current_user; grant all on schema side to current_user;
-- same: rights of everybody in words
grant execute on function app.touch() to public; grant usage on type app.address to public;
-- same: rights in another order
revoke all on app.tasks from pg_monitor, pg_read_all_data;
grant select on app.tasks to pg_read_all_data with grant option; grant insert on app.tasks to pg_monitor;
grant select on app.tasks to pg_monitor; grant update (title) on app.tasks to pg_monitor;
-- same: rights that were given and taken
grant select on app.notes to pg_monitor; revoke select on app.notes from pg_monitor;
grant select (body) on app.notes to pg_monitor; revoke select (body) on app.notes from pg_monitor;
-- same: default privileges that were given and taken
alter default privileges in schema app grant select on tables to pg_monitor;
alter default privileges in schema app revoke select on tables from pg_monitor;
-- same: the roles of a policy in another order
alter policy mine on app.tasks to pg_read_all_data, pg_monitor;
-- same: a policy in other words
alter policy mine on app.tasks using ("user_id" = (current_setting('app.user_id', true))::int8);
-- same: an enum whose labels came in another order
alter table app.tasks alter status drop default; drop view app.open_tasks; drop index app.tasks_due_idx;
alter table app.tasks alter status type text; drop type app.status; create type app.status as enum ('open', 'done');
alter type app.status add value 'doing' before 'done';
alter table app.tasks alter status type app.status using null; alter table app.tasks alter status set default 'open';
create view app.open_tasks with (security_invoker = true) as
  select t.id, t.title, u.name from app.tasks as t join app.users as u on u.id = t.user_id where t.status = 'open';
create index tasks_due_idx on app.tasks (due desc nulls last) include (title) where status <> 'done';
comment on index app.tasks_due_idx is 'For the list of what is due'; comment on view app.open_tasks is 'Still open';
comment on type app.status is 'How far a task is'; grant usage on type app.status to pg_monitor;
-- same: an enum whose order is kept by other numbers
update pg_enum set enumsortorder = enumsortorder * 7 where enumtypid = 'app.status'::regtype;
-- same: line ends of a function body
create or replace function app.touch() returns trigger language plpgsql as
  E'\r\nbegin\r\n  new.updated_at := now();\r\n  return new;\r\nend\r\n';
-- same: a function made again, attributes in another order
create or replace function app.double(n int4, times int = 2) returns int
  strict immutable parallel safe language sql as 'select n * times';
-- same: settings of a function in another order
alter function app.secret set work_mem = '1MB'; alter function app.secret reset work_mem;
-- same: a view in other words
create or replace view app.open_tasks with (security_invoker = true) as
  select t.id, t.title, u.name from app.tasks t inner join app.users u on (u.id = t.user_id) where ('open' = t.status) is true;
create or replace view app.open_tasks with (security_invoker = true) as
  select t.id as id, t.title, u.name from app.tasks t inner join app.users u on (u.id = t.user_id) where t.status = 'open';
-- same: a trigger made again
create or replace trigger renamed after update of title on app.tasks
  for each row when (old.title is distinct from new.title) execute procedure app.touch();
-- same: a trigger that was off for a while
alter table app.tasks disable trigger all; alter table app.tasks enable trigger all;
-- same: a comment written twice
comment on table app.tasks is 'x'; comment on table app.tasks is 'Things to do';
-- same: an empty comment
comment on table app.notes is '';
-- same: a publication whose tables came in another order
alter publication feed set table app.users, app.notes (body, id) where (id > 0);
-- same: temporary objects
create temporary table gone (id integer primary key); create temporary view gone_too as select 1;
-- same: the ledger of this toolkit and of yoyo
create schema schema_tools; create table schema_tools.runs (id bigint generated always as identity primary key);
comment on schema schema_tools is 'x'; grant usage on schema schema_tools to pg_monitor;
create table public._yoyo_migration (migration_hash varchar(64) primary key, migration_id varchar(255));
create table public._yoyo_log (id varchar(36) primary key, comment text);
create table public._yoyo_version (version integer primary key);
create table public.yoyo_lock (locked integer default 1 primary key, pid integer not null);
create index on public._yoyo_log (comment); comment on table public.yoyo_lock is 'x';
grant select on public._yoyo_log to pg_monitor;
-- same: members of an extension
alter extension pg_trgm add procedure app.clean; alter extension pg_trgm drop procedure app.clean;
-- same: the schema public, made again
drop schema public; create schema public; grant usage on schema public to public;
-- same: large objects and settings of the database
select lo_from_bytea(0, 'x');
-- same: everything moved away and back
alter table app.tasks rename to todo; alter table app.todo rename to tasks;
alter schema side rename to aside; alter schema aside rename to side;
-- same: to where a subscription connects
alter subscription mirror connection 'host=example.org password=other';
-- same: settings of the database, and of a role in it
do $$
begin
  execute format('alter database %I set work_mem = ''8MB''', current_database());
  execute format('alter role current_user in database %I set work_mem = ''9MB''', current_database());
end
$$;
-- same: a right to set a parameter, which the whole server has
grant set on parameter work_mem to pg_monitor;
-- same: a trigger that was off in one partition for a while
alter table app.events_2026 disable trigger seen; alter table app.events_2026 enable trigger seen;
-- same: foreign keys that were off for a while
alter table app.users disable trigger all; alter table app.users enable trigger all;
-- same: an operator class made again
drop operator class app.base_order using btree;
create operator class app.base_order default for type app.base using btree as
  operator 1 app.<<< (app.base, app.base), function 1 app.base_compare(app.base, app.base);
-- same: a language made again
create or replace trusted language plsame handler app.run inline app.run_inline validator app.validate;
-- same: a conversion, a transform and an access method made again
drop conversion app.to_latin; create conversion app.to_latin for 'utf8' to 'latin1' from pg_catalog.utf8_to_iso8859_1;
drop transform for app.address language plpgsql;
create transform for app.address language plpgsql (from sql with function app.from_address(pg_catalog.internal));
drop access method tree; create access method tree type index handler pg_catalog.bthandler;
-- same: a large object with a comment
select lo_create(424242); comment on large object 424242 is 'x';
