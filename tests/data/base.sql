-- A schema with something of each kind, for tests that change one thing and look for exactly that.
-- Roles belong to the whole server, so the grantees are roles that every server has.
create schema app;
create schema side;
create extension pg_trgm with schema side version '1.5';

create collation app.plain (locale = 'C');
create type app.status as enum ('open', 'doing', 'done');
create type app.address as (street text, city text);
create type app.span as range (subtype = float8, subtype_diff = float8mi);
create domain app.email as varchar(120) default 'nobody@example.com'
  constraint email_has_at check (value like '%@%');
create type app.line as (line text);
create type app.mood as enum ('good', 'bad');
create domain app.word as text;
create domain app.positive as integer not null check (value > 0);

create function app.touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create function app.double(n integer, times integer default 2) returns integer
  language sql immutable strict parallel safe as 'select n * times';

create function app.secret() returns text
  language sql stable security definer set search_path = app, pg_temp
  as $$ select 'secret'::text $$;

create procedure app.clean(days integer) language plpgsql as $$ begin perform days; end $$;

create function app.total_step(state integer, value integer) returns integer language sql immutable
  as 'select state + value';

create aggregate app.total (integer) (sfunc = app.total_step, stype = integer, initcond = '0');

create function app.watch() returns event_trigger language plpgsql as $$ begin end $$;

create table app.users (
  id bigint generated always as identity primary key,
  name varchar(100) not null,
  mail app.email,
  home app.address,
  kind varchar(10) not null default 'guest' check (kind in ('guest', 'member', 'admin')),
  created_at timestamptz not null default now()
);

create table app.tasks (
  id uuid primary key default gen_random_uuid(),
  user_id bigint not null references app.users (id) on delete cascade,
  title varchar(200) not null,
  slug text collate "C" not null,
  status app.status not null default 'open',
  priority integer not null default 3 constraint priority_range check (priority between 1 and 5),
  amount numeric(10, 2),
  due timestamptz,
  tags text[] not null default '{}',
  extra jsonb,
  words tsvector generated always as (to_tsvector('simple', title)) stored,
  parent_id uuid,
  number serial,
  updated_at timestamptz not null default now(),
  constraint tasks_slug_key unique (user_id, slug) deferrable,
  constraint tasks_parent_fkey foreign key (parent_id) references app.tasks (id),
  constraint tasks_due_check check (due is null or due > '2000-01-01 00:00:00+00')
);

create index tasks_due_idx on app.tasks (due desc nulls last) include (title) where status <> 'done';
create index tasks_title_idx on app.tasks (lower(title) text_pattern_ops, priority);
create index tasks_tags_idx on app.tasks using gin (tags) with (fastupdate = off);
create unique index tasks_number_idx on app.tasks (number);
create statistics app.tasks_stats (dependencies, ndistinct) on status, priority from app.tasks;

create trigger touch before update on app.tasks for each row execute function app.touch();
create trigger renamed after update of title on app.tasks
  for each row when (old.title is distinct from new.title) execute function app.touch();

alter table app.tasks enable row level security;
alter table app.tasks force row level security;
create policy mine on app.tasks for all to pg_monitor, pg_read_all_data
  using (user_id = current_setting('app.user_id', true)::bigint)
  with check (user_id = current_setting('app.user_id', true)::bigint);

create table app.bookings (
  room integer,
  during tsrange,
  pause interval not null default '1 day 2 hours',
  constraint no_overlap exclude using gist (during with &&) where (room is not null)
);

create table app.spans (id int4range, during tsrange, constraint spans_key unique (id, during));

create table app.notes (
  id integer primary key,
  body text,
  written date
) with (fillfactor = 70, autovacuum_enabled = false);

create access method pile type table handler heap_tableam_handler;
create function app.series() returns setof integer language sql as 'select 1';

create unlogged table app.scratchpad (line text);

create table app.parent (id integer not null, label text default 'none', constraint label_short check (length(label) < 9));
create table app.child (more text) inherits (app.parent);

create table app.events (
  id bigint not null,
  day date not null,
  what text,
  constraint what_known check (what <> ''),
  constraint events_pkey primary key (id, day)
) partition by range (day);
create table app.events_2026 partition of app.events for values from ('2026-01-01') to ('2027-01-01');
create table app.events_2027 partition of app.events for values from ('2027-01-01') to ('2028-01-01');
create table app.events_rest partition of app.events default;
create index events_what_idx on app.events (what);
create trigger seen after insert on app.events for each row execute function app.touch();

create table app.pages (id integer, day date) partition by hash (id);
create table app.logs (day date not null, line text) partition by range (day);

create sequence app.ticket as integer increment by 5 cache 10;

create view app.open_tasks with (security_invoker = true) as
  select t.id, t.title, u.name from app.tasks as t join app.users as u on u.id = t.user_id where t.status = 'open';
create view app.names as select name, kind from app.users where kind in ('member', 'admin');
create rule names_gone as on delete to app.names do instead nothing;
create materialized view app.task_counts as select user_id, count(*) as tasks from app.tasks group by user_id;
create unique index task_counts_idx on app.task_counts (user_id);

create text search dictionary app.plain_words (template = pg_catalog.simple, stopwords = english);
create text search dictionary app.loose_words (template = pg_catalog.simple);
create text search configuration app.words (parser = pg_catalog.default);
alter text search configuration app.words add mapping for asciiword with app.plain_words, simple;

create function app.is_near(a integer, b integer) returns boolean language sql immutable as 'select abs(a - b) < 3';
create operator app.@@@ (leftarg = integer, rightarg = integer, function = app.is_near);
create cast (app.address as text) with inout;

create foreign data wrapper nowhere;
create server elsewhere foreign data wrapper nowhere options (host 'example.com', password 'hidden');
create user mapping for public server elsewhere options (password 'hidden');
create foreign table app.remote (id integer not null, body text) server elsewhere options (table_name 'r');

create foreign table app.remote_child (more text) inherits (app.parent) server elsewhere;
create foreign table app.logs_old partition of app.logs for values from (minvalue) to ('2020-01-01') server elsewhere;
create server nearby foreign data wrapper nowhere;
create foreign data wrapper unused;

create event trigger watch on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function app.watch();
alter event trigger watch disable;

create publication feed for table app.notes (id, body) where (id > 0), app.users with (publish = 'insert, update');
create publication aside for tables in schema side;

create type app.base;
create function app.base_in(cstring) returns app.base language internal immutable strict as 'int4in';
create function app.base_out(app.base) returns cstring language internal immutable strict as 'int4out';
create type app.base (input = app.base_in, output = app.base_out, like = pg_catalog.int4, category = 'N');
create type app.promised;

create function app.less(a app.base, b app.base) returns boolean language internal immutable strict as 'int4lt';
create function app.base_compare(a app.base, b app.base) returns integer language internal immutable strict
  as 'btint4cmp';
create operator app.<<< (leftarg = app.base, rightarg = app.base, function = app.less);
create operator family app.base_order using btree;
create operator class app.base_order default for type app.base using btree family app.base_order as
  operator 1 app.<<<, function 1 app.base_compare(app.base, app.base);
alter operator family app.base_order using btree add function 4 (app.base, app.base) pg_catalog.btequalimage(oid);

create operator family app.more_order using btree;

create function app.run() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create function app.run_inline(internal) returns void language c as '$libdir/plpgsql', 'plpgsql_inline_handler';
create function app.validate(oid) returns void language c as '$libdir/plpgsql', 'plpgsql_validator';
create trusted language plsame handler app.run inline app.run_inline validator app.validate;
create access method tree type index handler bthandler;
create conversion app.to_latin for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
create function app.from_address(internal) returns internal language internal immutable as 'int4in';
create transform for app.address language plpgsql (from sql with function app.from_address(internal));
create text search parser app.letters (
  start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline
);
create text search template app.letters (lexize = dsimple_lexize, init = dsimple_init);
create subscription mirror connection 'host=example.com password=hidden' publication feed, aside
  with (connect = false, slot_name = none, enabled = false, streaming = off);

create index parent_id_idx on app.parent (id);
alter index app.parent_id_idx depends on extension pg_trgm;

grant usage on schema app to pg_monitor;
grant select, insert on app.tasks to pg_monitor;
grant select on app.tasks to pg_read_all_data with grant option;
grant update (title) on app.tasks to pg_monitor;
grant usage on sequence app.ticket to pg_monitor;
revoke execute on function app.secret() from public;
grant execute on function app.secret() to pg_monitor;
grant usage on type app.status to pg_monitor;
alter default privileges for role pg_monitor in schema side grant select on tables to pg_read_all_data;
alter default privileges for role pg_monitor revoke execute on functions from public;

comment on schema app is 'The application';
comment on table app.tasks is 'Things to do';
comment on column app.tasks.title is 'What to do';
comment on constraint priority_range on app.tasks is 'One is urgent';
comment on index app.tasks_due_idx is 'For the list of what is due';
comment on function app.touch() is 'Keeps updated_at';
comment on type app.status is 'How far a task is';
comment on trigger touch on app.tasks is 'Keeps updated_at';
comment on policy mine on app.tasks is 'Only one''s own';
comment on view app.open_tasks is 'Still open';
comment on domain app.email is 'An address';
comment on event trigger watch is 'Sees changes';
-- no provider of labels comes with the server, so that the statement cannot be used
insert into pg_seclabel (objoid, classoid, objsubid, provider, label)
  values ('app.tasks'::regclass, 'pg_class'::regclass, 0, 'keeper', 'inside');
