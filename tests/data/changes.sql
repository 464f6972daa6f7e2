-- Single changes to base.sql, each below the one difference that it makes: what, and the facts that differ.
-- In brackets how bad it is, where it is no mere change, and that a model of what was expected stops working.

-- unexpected schema more
create schema more;
-- missing schema side [breaking, stops]
-- missing extension pg_trgm [breaking, stops]
-- changed publication aside: schemas
drop schema side cascade;
-- changed schema app: owner
alter schema app owner to pg_monitor;
-- changed extension pg_trgm: version
alter extension pg_trgm update to '1.6';
-- changed extension pg_trgm: schema
alter extension pg_trgm set schema public;
-- missing extension pg_trgm [breaking, stops]
drop extension pg_trgm;
-- unexpected extension hstore
create extension hstore with schema side;

-- missing table app.scratchpad [breaking, stops]
drop table app.scratchpad;
-- missing table app.tasks [breaking, stops]
-- missing view app.open_tasks [breaking, stops]
-- missing materialized view app.task_counts [breaking, stops]
drop table app.tasks cascade;
-- unexpected table app.extra
create table app.extra (
  id integer generated always as identity primary key,
  name text not null unique check (name <> ''),
  parent integer references app.extra
);
create index on app.extra (parent);
comment on table app.extra is 'More';
comment on column app.extra.name is 'Its name';
grant select on app.extra to pg_monitor;
alter table app.extra enable row level security;
create policy all_of_it on app.extra using (true);
-- changed table app.tasks: owner
alter table app.tasks owner to pg_monitor;
-- changed table app.scratchpad: unlogged
alter table app.scratchpad set logged;
-- changed table app.tasks: row_security [breaking]
alter table app.tasks disable row level security;
-- changed table app.tasks: force_row_security [breaking]
alter table app.tasks no force row level security;
-- changed table app.notes: row_security [stops]
alter table app.notes enable row level security;
-- changed table app.notes: options
alter table app.notes set (fillfactor = 80);
-- changed table app.notes: options
alter table app.notes reset (autovacuum_enabled);
-- changed table app.tasks: options
alter table app.tasks set (toast.autovacuum_enabled = false);
-- changed table app.tasks: replica_identity
alter table app.tasks replica identity full;
-- changed table app.tasks: replica_identity
alter table app.tasks replica identity using index tasks_number_idx;
-- changed table app.child: inherits
alter table app.child no inherit app.parent;
-- changed table app.events_2026: partition_bound, partition_of
alter table app.events detach partition app.events_2026;
-- changed table app.events_2027: partition_bound
alter table app.events detach partition app.events_2027;
alter table app.events attach partition app.events_2027 for values from ('2027-01-01') to ('2027-07-01');
-- unexpected table app.events_2028
create table app.events_2028 partition of app.events for values from ('2028-01-01') to ('2029-01-01');
-- missing table app.events_rest [breaking, stops]
drop table app.events_rest;
-- missing table app.events [breaking, stops]
drop table app.events;
-- changed table app.notes: columns [cosmetic]
alter table app.notes drop column body cascade; alter table app.notes add body text;
alter publication feed add table app.notes (id, body) where (id > 0);

-- missing column app.tasks.extra [breaking, stops]
alter table app.tasks drop column extra;
-- missing column app.tasks.tags [breaking, stops]
alter table app.tasks drop column tags;
-- missing column app.tasks.number [breaking, stops]
alter table app.tasks drop column number;
-- missing column app.tasks.due [breaking, stops]
alter table app.tasks drop column due;
-- missing column app.tasks.priority [breaking, stops]
alter table app.tasks drop column priority;
-- missing column app.bookings.room [breaking, stops]
alter table app.bookings drop column room cascade;
-- missing column app.events.what [breaking, stops]
alter table app.events drop column what;
-- unexpected column app.tasks.color
alter table app.tasks add color text;
-- unexpected column app.tasks.color
alter table app.tasks add color text not null default 'red' unique check (color <> '');
comment on column app.tasks.color is 'Its color';
-- unexpected column app.events.size
alter table app.events add size integer not null default 0;
-- unexpected column app.parent.size
alter table app.parent add size integer check (size > 0);
-- changed column app.notes.id: type
alter publication feed drop table app.notes; alter table app.notes alter id type bigint;
alter publication feed add table app.notes (id, body) where (id > 0);
-- changed column app.tasks.amount: type
alter table app.tasks alter amount type numeric(12, 2);
-- changed column app.users.kind: type
drop view app.names; alter table app.users alter kind type text;
create view app.names as select name, kind from app.users where kind in ('member', 'admin');
create rule names_gone as on delete to app.names do instead nothing;
-- changed column app.events.what: type [breaking, stops]
alter table app.events alter what type varchar(80);
-- changed column app.notes.body: nullable [breaking, stops]
alter table app.notes alter body set not null;
-- changed column app.tasks.slug: nullable [breaking, stops]
alter table app.tasks alter slug drop not null;
-- changed column app.events.what: nullable [breaking, stops]
alter table app.events alter what set not null;
-- changed column app.events_2026.what: nullable [breaking, stops]
alter table app.events_2026 alter what set not null;
-- changed column app.tasks.priority: default
alter table app.tasks alter priority set default 4;
-- changed column app.tasks.updated_at: default [breaking, stops]
alter table app.tasks alter updated_at drop default;
-- changed column app.notes.written: default
alter table app.notes alter written set default current_date;
-- changed column app.events_2026.what: default
alter table app.events_2026 alter what set default 'x';
-- changed column app.parent.label: default
alter table app.parent alter label set default 'some';
-- changed column app.child.label: default
alter table app.child alter label set default 'some';
-- changed column app.tasks.slug: collation
alter table app.tasks alter slug type text;
-- changed column app.tasks.words: expression, generated [breaking, stops]
alter table app.tasks alter words drop expression;
-- changed column app.tasks.words: expression
-- changed table app.tasks: columns [cosmetic]
alter table app.tasks drop column words;
alter table app.tasks add words tsvector generated always as (to_tsvector('simple', slug)) stored;
-- changed column app.users.id: identity [breaking]
alter table app.users alter id set generated by default;
-- changed column app.users.id: identity [breaking, stops]
alter table app.users alter id drop identity;
-- changed column app.users.id: identity_options
alter table app.users alter id set increment by 10 set start with 100 set cache 5 set cycle;
-- changed column app.notes.id: identity [breaking, stops]
alter table app.notes alter id add generated by default as identity;
-- changed column app.notes.body: storage [cosmetic]
alter table app.notes alter body set storage external;
-- changed column app.notes.body: compression [cosmetic]
alter table app.notes alter body set compression pglz;
-- changed column app.notes.body: statistics [cosmetic]
alter table app.notes alter body set statistics 500;
-- changed column app.notes.body: options
alter table app.notes alter body set (n_distinct = -0.5);
-- changed column app.remote.body: options
alter foreign table app.remote alter body options (add column_name 'b');

-- missing constraint app.tasks.priority_range [breaking]
alter table app.tasks drop constraint priority_range;
-- missing constraint app.tasks.tasks_parent_fkey [breaking]
alter table app.tasks drop constraint tasks_parent_fkey;
-- missing constraint app.notes.notes_pkey [breaking, stops]
alter publication feed set table app.users, app.notes (id, body) where (id > 0);
alter table app.notes drop constraint notes_pkey;
-- missing constraint app.bookings.no_overlap [breaking]
alter table app.bookings drop constraint no_overlap;
-- missing constraint app.events.what_known [breaking]
alter table app.events drop constraint what_known;
-- missing constraint app.events.events_pkey [breaking, stops]
alter table app.events drop constraint events_pkey;
-- unexpected constraint app.notes.body_check
alter table app.notes add constraint body_check check (body <> '') not valid;
-- unexpected constraint app.events.id_positive
alter table app.events add constraint id_positive check (id > 0);
-- unexpected constraint app.bookings.bookings_pkey
alter table app.bookings add primary key (room);
-- unexpected constraint app.scratchpad.line_once
alter table app.scratchpad add constraint line_once unique nulls not distinct (line) with (fillfactor = 90);
-- changed constraint app.tasks.priority_range: expression [breaking]
alter table app.tasks drop constraint priority_range,
  add constraint priority_range check (priority between 1 and 6);
comment on constraint priority_range on app.tasks is 'One is urgent';
-- changed constraint app.tasks.tasks_due_check: validated [breaking]
alter table app.tasks drop constraint tasks_due_check,
  add constraint tasks_due_check check (due is null or due > '2000-01-01 00:00:00+00') not valid;
-- changed constraint app.tasks.tasks_due_check: no_inherit [breaking]
alter table app.tasks drop constraint tasks_due_check,
  add constraint tasks_due_check check (due is null or due > '2000-01-01 00:00:00+00') no inherit;
-- changed constraint app.tasks.tasks_user_id_fkey: on_delete [breaking]
alter table app.tasks drop constraint tasks_user_id_fkey,
  add foreign key (user_id) references app.users (id) on delete restrict;
-- changed constraint app.tasks.tasks_parent_fkey: on_delete, on_delete_columns [breaking]
alter table app.tasks drop constraint tasks_parent_fkey,
  add constraint tasks_parent_fkey foreign key (parent_id) references app.tasks on delete set null (parent_id);
-- changed constraint app.tasks.tasks_parent_fkey: on_update [breaking]
alter table app.tasks drop constraint tasks_parent_fkey,
  add constraint tasks_parent_fkey foreign key (parent_id) references app.tasks on update cascade;
-- changed constraint app.tasks.tasks_parent_fkey: match [breaking]
alter table app.tasks drop constraint tasks_parent_fkey,
  add constraint tasks_parent_fkey foreign key (parent_id) references app.tasks match full;
-- changed constraint app.tasks.tasks_parent_fkey: deferrable, deferred
alter table app.tasks alter constraint tasks_parent_fkey deferrable initially deferred;
-- changed constraint app.tasks.tasks_parent_fkey: validated [breaking]
alter table app.tasks drop constraint tasks_parent_fkey,
  add constraint tasks_parent_fkey foreign key (parent_id) references app.tasks not valid;
-- changed constraint app.tasks.tasks_slug_key: deferrable
alter table app.tasks drop constraint tasks_slug_key, add constraint tasks_slug_key unique (user_id, slug);
-- changed constraint app.tasks.tasks_slug_key: columns [breaking, stops]
alter table app.tasks drop constraint tasks_slug_key, add constraint tasks_slug_key unique (slug, user_id) deferrable;
-- changed constraint app.tasks.tasks_slug_key: nulls_not_distinct [breaking]
alter table app.tasks drop constraint tasks_slug_key,
  add constraint tasks_slug_key unique nulls not distinct (user_id, slug) deferrable;
-- changed constraint app.tasks.tasks_slug_key: include
alter table app.tasks drop constraint tasks_slug_key,
  add constraint tasks_slug_key unique (user_id, slug) include (title) deferrable;
-- changed constraint app.users.users_pkey: options
alter index app.users_pkey set (fillfactor = 50);
-- changed constraint app.users.users_pkey: clustered [cosmetic]
alter table app.users cluster on users_pkey;
-- changed constraint app.bookings.no_overlap: expression [breaking]
alter table app.bookings drop constraint no_overlap,
  add constraint no_overlap exclude using gist (during with &&) where (room > 0);
-- changed constraint app.users.users_kind_check: expression [breaking]
alter table app.users drop constraint users_kind_check,
  add constraint users_kind_check check (kind in ('guest', 'member', 'admin', 'root'));

-- missing index app.tasks_due_idx
drop index app.tasks_due_idx;
-- missing index app.events_what_idx
drop index app.events_what_idx;
-- unexpected index app.notes_body_idx
create index notes_body_idx on app.notes using hash (body);
-- unexpected index app.events_day_idx
create index events_day_idx on app.events using brin (day);
-- changed index app.tasks_due_idx: predicate
drop index app.tasks_due_idx;
create index tasks_due_idx on app.tasks (due desc nulls last) include (title) where status = 'open';
comment on index app.tasks_due_idx is 'For the list of what is due';
-- changed index app.tasks_due_idx: keys
drop index app.tasks_due_idx;
create index tasks_due_idx on app.tasks (due) include (title) where status <> 'done';
comment on index app.tasks_due_idx is 'For the list of what is due';
-- changed index app.tasks_due_idx: include
drop index app.tasks_due_idx;
create index tasks_due_idx on app.tasks (due desc nulls last) where status <> 'done';
comment on index app.tasks_due_idx is 'For the list of what is due';
-- changed index app.tasks_title_idx: keys
drop index app.tasks_title_idx; create index tasks_title_idx on app.tasks (lower(title), priority);
-- changed index app.tasks_title_idx: keys
drop index app.tasks_title_idx;
create index tasks_title_idx on app.tasks (lower(title) collate "C" text_pattern_ops, priority);
-- changed index app.tasks_number_idx: unique [breaking, stops]
drop index app.tasks_number_idx; create index tasks_number_idx on app.tasks (number);
-- changed index app.tasks_number_idx: nulls_not_distinct
drop index app.tasks_number_idx;
create unique index tasks_number_idx on app.tasks (number) nulls not distinct;
-- changed index app.tasks_number_idx: method, unique [breaking, stops]
drop index app.tasks_number_idx; create index tasks_number_idx on app.tasks using hash (number);
-- changed index app.tasks_tags_idx: options
alter index app.tasks_tags_idx set (fastupdate = on);
-- changed index app.tasks_title_idx: statistics [cosmetic]
alter index app.tasks_title_idx alter column 1 set statistics 300;
-- changed index app.tasks_number_idx: clustered [cosmetic]
alter table app.tasks cluster on tasks_number_idx;
-- changed index app.tasks_number_idx: valid [breaking]
update pg_index set indisvalid = false where indexrelid = 'app.tasks_number_idx'::regclass;
-- changed index app.task_counts_idx: unique [breaking, stops]
drop index app.task_counts_idx; create index task_counts_idx on app.task_counts (user_id);

-- missing trigger app.tasks.renamed [breaking]
drop trigger renamed on app.tasks;
-- missing trigger app.events.seen [breaking]
drop trigger seen on app.events;
-- unexpected trigger app.notes.touch
create trigger touch before insert on app.notes for each row execute function app.touch();
-- changed trigger app.tasks.touch: enabled [breaking]
alter table app.tasks disable trigger touch;
-- changed trigger app.tasks.touch: enabled
alter table app.tasks enable always trigger touch;
-- changed trigger app.tasks.renamed: definition
create or replace trigger renamed after update of title, slug on app.tasks
  for each row when (old.title is distinct from new.title) execute function app.touch();
-- changed trigger app.tasks.renamed: definition
create or replace trigger renamed after update of title on app.tasks for each row execute function app.touch();

-- missing function app.clean(integer) [breaking, stops]
drop procedure app.clean;
-- unexpected function app.touch(integer)
create function app.touch(n integer) returns integer language sql as 'select n';
-- changed function app.touch(): body
create or replace function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
-- changed function app.double(integer, integer): arguments [breaking, stops]
create or replace function app.double(n integer, times integer default 3) returns integer
  language sql immutable strict parallel safe as 'select n * times';
-- changed function app.double(integer, integer): volatility
alter function app.double stable;
-- changed function app.double(integer, integer): strict
alter function app.double called on null input;
-- changed function app.double(integer, integer): parallel
alter function app.double parallel restricted;
-- changed function app.double(integer, integer): leakproof
alter function app.double leakproof;
-- changed function app.double(integer, integer): cost
alter function app.double cost 7;
-- changed function app.secret(): security_definer [breaking]
alter function app.secret security invoker;
-- changed function app.secret(): config [breaking]
alter function app.secret reset search_path;
-- changed function app.secret(): config [breaking]
alter function app.secret set search_path to 'app, pg_temp';
-- changed function app.secret(): owner
alter function app.secret owner to pg_monitor;
-- changed function app.touch(): config
alter function app.touch set work_mem = '8MB';
-- changed function app.total(integer): aggregate
create or replace aggregate app.total (integer) (sfunc = app.total_step, stype = integer, initcond = '1');

-- missing view app.open_tasks [breaking, stops]
drop view app.open_tasks;
-- unexpected view app.more
create view app.more as select 1 as one;
-- changed view app.open_tasks: definition [stops]
create or replace view app.open_tasks with (security_invoker = true) as
  select t.id, t.title, u.name from app.tasks as t join app.users as u on u.id = t.user_id where t.status <> 'done';
-- changed view app.open_tasks: options [breaking]
alter view app.open_tasks reset (security_invoker);
-- changed view app.open_tasks: owner
alter view app.open_tasks owner to pg_monitor;
-- changed view app.names: defaults
alter view app.names alter kind set default 'member';
-- missing materialized view app.task_counts [breaking, stops]
drop materialized view app.task_counts;
-- changed materialized view app.task_counts: options
alter materialized view app.task_counts set (fillfactor = 60);
-- missing rule app.names.names_gone
drop rule names_gone on app.names;
-- changed rule app.names.names_gone: definition
create or replace rule names_gone as on update to app.names do instead nothing;
-- changed rule app.names.names_gone: enabled [breaking]
update pg_rewrite set ev_enabled = 'D' where rulename = 'names_gone';
-- unexpected rule app.notes.never
create rule never as on delete to app.notes do instead nothing;

-- missing sequence app.ticket [breaking, stops]
drop sequence app.ticket;
-- unexpected sequence app.more
create sequence app.more;
-- changed sequence app.ticket: increment
alter sequence app.ticket increment by 1;
-- changed sequence app.ticket: maximum
alter sequence app.ticket maxvalue 1000;
-- changed sequence app.ticket: minimum
alter sequence app.ticket minvalue -5;
-- changed sequence app.ticket: start
alter sequence app.ticket start 6;
-- changed sequence app.ticket: cache
alter sequence app.ticket cache 1;
-- changed sequence app.ticket: cycle
alter sequence app.ticket cycle;
-- changed sequence app.ticket: maximum, type
alter sequence app.ticket as bigint;
-- changed sequence app.ticket: unlogged
alter sequence app.ticket set unlogged;
-- changed sequence app.ticket: owned_by, owner
alter sequence app.ticket owned by app.notes.id;
-- changed sequence app.tasks_number_seq: owned_by, owner [breaking]
alter sequence app.tasks_number_seq owned by none;

-- missing range type app.span [breaking, stops]
drop type app.span;
-- unexpected enum app.more
create type app.more as enum ('a');
-- changed enum app.status: labels [stops]
alter type app.status add value 'waiting' before 'done';
-- changed enum app.status: labels [breaking, stops]
alter type app.status rename value 'open' to 'new';
-- changed enum app.status: labels [stops]
update pg_enum set enumsortorder = 9 where enumlabel = 'open' and enumtypid = 'app.status'::regtype;
-- changed enum app.status: owner
alter type app.status owner to pg_monitor;
-- changed domain app.email: default [breaking]
alter domain app.email drop default;
-- changed domain app.email: nullable [breaking, stops]
alter domain app.email set not null;
-- changed domain app.email: constraints [breaking, stops]
alter domain app.email drop constraint email_has_at;
-- changed domain app.email: constraints [breaking, stops]
alter domain app.email add constraint short check (length(value) < 90) not valid;
-- missing domain app.positive [breaking, stops]
drop domain app.positive;
-- changed domain app.positive: type [breaking, stops]
drop domain app.positive; create domain app.positive as bigint not null check (value > 0);
-- changed composite type app.address: attributes [breaking, stops]
alter type app.address add attribute zip text;
-- changed composite type app.address: attributes [breaking, stops]
alter type app.address rename attribute city to town;
-- unexpected composite type app.pair
create type app.pair as (a integer, b integer);
-- changed range type app.span: subtype_difference
drop type app.span; create type app.span as range (subtype = float8);

-- missing policy app.tasks.mine [breaking, stops]
drop policy mine on app.tasks;
-- unexpected policy app.tasks.all_of_it
create policy all_of_it on app.tasks using (true);
-- changed policy app.tasks.mine: using [breaking, stops]
alter policy mine on app.tasks using (true);
-- changed policy app.tasks.mine: check [breaking, stops]
alter policy mine on app.tasks with check (user_id > 0);
-- changed policy app.tasks.mine: roles [breaking, stops]
alter policy mine on app.tasks to public;
-- changed policy app.tasks.mine: command [breaking, stops]
drop policy mine on app.tasks;
create policy mine on app.tasks for update to pg_monitor, pg_read_all_data
  using (user_id = current_setting('app.user_id', true)::bigint)
  with check (user_id = current_setting('app.user_id', true)::bigint);
comment on policy mine on app.tasks is 'Only one''s own';
-- changed policy app.tasks.mine: permissive [breaking, stops]
drop policy mine on app.tasks;
create policy mine on app.tasks as restrictive to pg_monitor, pg_read_all_data
  using (user_id = current_setting('app.user_id', true)::bigint)
  with check (user_id = current_setting('app.user_id', true)::bigint);
comment on policy mine on app.tasks is 'Only one''s own';

-- missing privilege sequence app.ticket to pg_monitor [breaking, stops]
revoke usage on sequence app.ticket from pg_monitor;
-- unexpected privilege table app.notes to pg_monitor
grant select on app.notes to pg_monitor;
-- unexpected privilege table app.notes to public
grant select on app.notes to public;
-- changed privilege table app.tasks to pg_monitor: privileges [breaking, stops]
revoke insert on app.tasks from pg_monitor;
-- changed privilege table app.tasks to pg_monitor: privileges
grant all on app.tasks to pg_monitor;
-- changed privilege table app.tasks to pg_read_all_data: privileges [breaking, stops]
revoke grant option for select on app.tasks from pg_read_all_data;
-- unexpected privilege table app.notes to its owner
revoke delete on app.notes from current_user;
-- missing privilege column app.tasks.title to pg_monitor [breaking, stops]
revoke update (title) on app.tasks from pg_monitor;
-- unexpected privilege column app.tasks.slug to pg_monitor
grant select (slug) on app.tasks to pg_monitor;
-- changed privilege schema app to pg_monitor: privileges
grant create on schema app to pg_monitor;
-- missing privilege schema public to public [breaking, stops]
revoke usage on schema public from public;
-- missing privilege function app.secret() to public [breaking, stops]
grant execute on function app.secret() to public;
-- unexpected privilege function app.touch() to public
revoke execute on function app.touch() from public;
-- unexpected privilege view app.names to pg_monitor
grant select on app.names to pg_monitor;
-- unexpected privilege foreign server elsewhere to pg_monitor
grant usage on foreign server elsewhere to pg_monitor;
-- missing default privilege for pg_monitor in schema side on tables to pg_read_all_data
alter default privileges for role pg_monitor in schema side revoke select on tables from pg_read_all_data;
-- changed default privilege for pg_monitor in schema side on tables to pg_read_all_data: privileges
alter default privileges for role pg_monitor in schema side grant insert on tables to pg_read_all_data;
-- missing default privilege for pg_monitor on functions to public
alter default privileges for role pg_monitor grant execute on functions to public;
-- unexpected default privilege for (owner) in schema app on sequences to public
alter default privileges in schema app grant usage on sequences to public;

-- missing comment table app.tasks [cosmetic]
comment on table app.tasks is null;
-- changed comment column app.tasks.title: text [cosmetic]
comment on column app.tasks.title is 'What is to be done';
-- unexpected comment column app.tasks.slug [cosmetic]
comment on column app.tasks.slug is 'For links';
-- unexpected comment constraint app.tasks.tasks_pkey [cosmetic]
comment on constraint tasks_pkey on app.tasks is 'The key';
-- unexpected comment index app.tasks_pkey [cosmetic]
comment on index app.tasks_pkey is 'The index of the key';
-- unexpected comment sequence app.ticket [cosmetic]
comment on sequence app.ticket is 'Numbers';
-- unexpected comment rule app.names.names_gone [cosmetic]
comment on rule names_gone on app.names is 'Never';
-- unexpected comment publication feed [cosmetic]
comment on publication feed is 'Out';
-- unexpected comment column app.open_tasks.id [cosmetic]
comment on column app.open_tasks.id is 'The task';
-- unexpected comment domain constraint app.email.email_has_at [cosmetic]
comment on constraint email_has_at on domain app.email is 'At';
-- unexpected comment statistics app.tasks_stats [cosmetic]
comment on statistics app.tasks_stats is 'For the planner';
-- unexpected comment collation app.plain [cosmetic]
comment on collation app.plain is 'Bytes';
-- unexpected comment foreign server elsewhere [cosmetic]
comment on server elsewhere is 'Far';
-- unexpected comment cast (app.address AS pg_catalog.text) [cosmetic]
comment on cast (app.address as text) is 'Plain';
-- unexpected comment operator app.@@@(integer,integer) [cosmetic]
comment on operator app.@@@ (integer, integer) is 'Times';

-- missing statistics app.tasks_stats
drop statistics app.tasks_stats;
-- changed statistics app.tasks_stats: target [cosmetic]
alter statistics app.tasks_stats set statistics 400;
-- changed statistics app.tasks_stats: kinds
drop statistics app.tasks_stats;
create statistics app.tasks_stats (dependencies, ndistinct, mcv) on status, priority from app.tasks;
-- changed statistics app.tasks_stats: columns
drop statistics app.tasks_stats;
create statistics app.tasks_stats (dependencies, ndistinct) on status, priority, due from app.tasks;
-- changed event trigger watch: enabled
alter event trigger watch enable;
-- missing event trigger watch
drop event trigger watch;
-- changed publication feed: publish
alter publication feed set (publish = 'insert');
-- changed publication feed: via_partition_root
alter publication feed set (publish_via_partition_root);
-- missing publication relation feed.app.users
alter publication feed drop table app.users;
-- changed publication relation feed.app.notes: predicate
alter publication feed set table app.users, app.notes (id, body) where (id > 5);
-- changed publication relation feed.app.notes: columns
alter publication feed set table app.users, app.notes (id) where (id > 0);
-- missing publication feed
drop publication feed;
-- missing collation app.plain [stops]
drop collation app.plain;
-- changed collation app.plain: ctype, locale
drop collation app.plain; create collation app.plain (locale = 'POSIX');
-- changed text search configuration app.words: mappings
alter text search configuration app.words drop mapping for asciiword;
-- changed text search configuration app.words: mappings
alter text search configuration app.words alter mapping for asciiword with simple, app.plain_words;
-- changed text search dictionary app.plain_words: options
alter text search dictionary app.plain_words (stopwords);
-- changed foreign server elsewhere: options
alter server elsewhere options (set host 'example.org');
-- changed foreign server elsewhere: version
alter server elsewhere version '2';
-- missing foreign table app.remote [breaking, stops]
drop foreign table app.remote;
-- changed foreign table app.remote: options [stops]
alter foreign table app.remote options (set table_name 's');
-- unexpected column app.remote.more
alter foreign table app.remote add more text;
-- unexpected user mapping elsewhere for pg_monitor
create user mapping for pg_monitor server elsewhere;
-- unexpected foreign data wrapper nobody
create foreign data wrapper nobody;
-- missing operator app.@@@(integer,integer) [breaking, stops]
drop operator app.@@@ (integer, integer);
-- changed operator app.@@@(integer,integer): restrict
alter operator app.@@@ (integer, integer) set (restrict = eqsel);
-- missing cast (app.address AS pg_catalog.text) [stops]
drop cast (app.address as text);
-- changed cast (app.address AS pg_catalog.text): context
drop cast (app.address as text); create cast (app.address as text) with inout as assignment;

-- missing schema app [breaking, stops]
-- unexpected schema application
alter schema app rename to application;
-- missing table app.users [breaking, stops]
-- unexpected table app.people
alter table app.users rename to people;
-- missing column app.tasks.priority [breaking, stops]
-- unexpected column app.tasks.urgency
alter table app.tasks rename priority to urgency;
-- missing column app.events.what [breaking, stops]
-- unexpected column app.events.which
alter table app.events rename what to which;
-- missing index app.tasks_tags_idx
-- unexpected index app.tags
alter index app.tasks_tags_idx rename to tags;
-- missing constraint app.tasks.priority_range [breaking]
-- unexpected constraint app.tasks.priorities
alter table app.tasks rename constraint priority_range to priorities;
-- missing function app.touch() [breaking, stops]
-- unexpected function app.stamp()
alter function app.touch rename to stamp;
-- missing enum app.status [breaking, stops]
-- unexpected enum app.state
alter type app.status rename to state;
-- missing sequence app.tasks_number_seq [breaking, stops]
-- unexpected sequence app.task_numbers
alter sequence app.tasks_number_seq rename to task_numbers;
-- missing trigger app.tasks.touch [breaking]
-- unexpected trigger app.tasks.stamp
alter trigger touch on app.tasks rename to stamp;
-- missing policy app.tasks.mine [breaking, stops]
-- unexpected policy app.tasks.own
alter policy mine on app.tasks rename to own;

-- changed privilege table app.tasks to pg_monitor: privileges
grant insert on app.tasks to pg_monitor with grant option;
-- changed privilege table app.tasks to pg_monitor: privileges
grant all on app.tasks to pg_monitor with grant option;
-- changed privilege table app.tasks to pg_monitor: privileges [breaking, stops]
revoke insert on app.tasks from pg_monitor; grant select, update on app.tasks to pg_monitor with grant option;
-- changed privilege column app.tasks.title to pg_monitor: privileges
grant update (title), references (title) on app.tasks to pg_monitor;
-- missing privilege sequence app.ticket to pg_monitor [breaking, stops]
-- unexpected privilege sequence app.ticket to pg_read_all_data
revoke usage on sequence app.ticket from pg_monitor; grant usage on sequence app.ticket to pg_read_all_data;
-- missing publication relation feed.app.users
-- unexpected publication relation feed.app.child
alter publication feed drop table app.users; alter publication feed add table app.child;

-- What is changed at once and has nothing to do with it is told, too
-- changed column app.notes.body: nullable [breaking, stops]
-- unexpected constraint app.notes.notes_body_check
alter table app.notes alter body set not null, add check (body <> '');
-- changed privilege table app.tasks to pg_monitor: privileges
-- changed table app.tasks: options
alter table app.tasks set (fillfactor = 80); grant delete on app.tasks to pg_monitor;
-- changed column app.parent.label: type [breaking, stops]
alter table app.parent alter label drop default, alter label type varchar(50);
alter table app.parent alter label set default 'none';
-- changed column app.parent.label: default, type [breaking, stops]
alter table app.parent alter label drop default, alter label type varchar(50);
alter table app.parent alter label set default 'other';

-- missing sequence app.tasks_number_seq [breaking, stops]
-- unexpected sequence app.numbers
-- changed column app.tasks.number: default
create sequence app.numbers as integer increment by 5;
alter table app.tasks alter number set default nextval('app.numbers');
drop sequence app.tasks_number_seq;
-- missing column app.notes.body [breaking, stops]
-- unexpected column app.notes.content
-- changed enum app.mood: labels [stops]
alter table app.notes rename body to content;
drop type app.mood; create type app.mood as enum ('bad', 'good');
-- missing column app.tasks.slug [breaking, stops]
-- unexpected column app.tasks.label [breaking, stops]
-- changed constraint app.tasks.tasks_slug_key: columns [breaking, stops]
alter table app.tasks rename slug to label;
alter table app.tasks drop constraint tasks_slug_key;
alter table app.tasks add constraint tasks_slug_key unique (label, title) deferrable;
-- missing default privilege for pg_monitor in schema side on tables to pg_read_all_data
-- unexpected default privilege for pg_monitor in schema side on tables to pg_signal_backend
alter default privileges for role pg_monitor in schema side revoke select on tables from pg_read_all_data;
alter default privileges for role pg_monitor in schema side grant select on tables to pg_signal_backend;
-- changed table app.tasks: options
-- missing index app.tasks_due_idx
-- missing trigger app.tasks.touch [breaking]
alter table app.tasks set (fillfactor = 50);
drop index app.tasks_due_idx;
drop trigger touch on app.tasks;
