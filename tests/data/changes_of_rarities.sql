-- As changes.sql, for the kinds that few databases have and for facts that few objects have.

-- changed table app.scratchpad: of_type
alter table app.scratchpad of app.line;
-- changed table app.pages: partition_key
drop table app.pages; create table app.pages (id integer, day date) partition by hash (day);
-- changed table app.notes: access_method
alter table app.notes set access method pile;
-- changed table app.notes: tablespace
alter table app.notes set tablespace corpus;
-- changed table app.events_2026: detach_pending
update pg_inherits set inhdetachpending = true where inhrelid = 'app.events_2026'::regclass;
-- changed column app.notes.id: not_null [cosmetic] (since 18)
alter table app.notes rename constraint notes_id_not_null to must_have_id;
-- changed constraint app.tasks.priority_range: enforced, validated [breaking] (since 18)
alter table app.tasks drop constraint priority_range,
  add constraint priority_range check (priority between 1 and 5) not enforced;
comment on constraint priority_range on app.tasks is 'One is urgent';
-- changed constraint app.spans.spans_key: period [breaking] (since 18)
alter table app.spans drop constraint spans_key, add constraint spans_key unique (id, during without overlaps);
-- changed constraint app.tasks.tasks_parent_fkey: referenced_columns [breaking]
update pg_constraint set confkey = '{2}' where conname = 'tasks_parent_fkey';
-- changed constraint app.tasks.tasks_parent_fkey: references [breaking]
update pg_constraint set confrelid = 'app.users'::regclass where conname = 'tasks_parent_fkey';
-- changed constraint app.tasks.tasks_slug_key: columns, deferrable, expression, type [breaking, stops]
alter table app.tasks drop constraint tasks_slug_key, add constraint tasks_slug_key check (slug <> '');
-- changed constraint app.users.users_pkey: tablespace
alter index app.users_pkey set tablespace corpus;
-- changed constraint app.tasks.tasks_user_id_fkey: triggers [breaking]
alter table app.users disable trigger all;
-- changed index app.tasks_number_idx: keys, table
drop index app.tasks_number_idx; create unique index tasks_number_idx on app.users (id);
-- changed index app.tasks_number_idx: tablespace
alter index app.tasks_number_idx set tablespace corpus;
-- changed trigger app.events.seen: partitions [breaking]
alter table app.events_2026 disable trigger seen;
-- changed trigger app.events.seen: partitions [breaking]
alter table app.events_2026 disable trigger seen; alter table app.events_2027 enable replica trigger seen;

-- changed function app.clean(integer): language
create or replace procedure app.clean(days integer) language plsame as $$ begin perform days; end $$;
-- changed function app.double(integer, integer): library
update pg_proc set probin = 'elsewhere' where oid = 'app.double'::regproc;
-- changed function app.double(integer, integer): returns [breaking, stops]
drop function app.double; create function app.double(n integer, times integer default 2) returns bigint
  language sql immutable strict parallel safe as 'select n * times';
-- changed function app.clean(integer): arguments, returns, routine [breaking, stops]
drop procedure app.clean;
create function app.clean(days integer) returns void language plpgsql as $$ begin perform days; end $$;
-- changed function app.series(): rows
alter function app.series rows 7;
-- changed function app.series(): support
alter function app.series support pg_catalog.generate_series_int4_support;
-- changed function app.touch(): transforms
create or replace function app.touch() returns trigger language plpgsql transform for type app.address as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- unexpected materialized view app.more
create materialized view app.more as select 1 as one;
-- changed materialized view app.task_counts: definition [stops]
drop materialized view app.task_counts;
create materialized view app.task_counts as select user_id, count(title) as tasks from app.tasks group by user_id;
create unique index task_counts_idx on app.task_counts (user_id);
-- changed materialized view app.task_counts: owner
alter materialized view app.task_counts owner to pg_monitor;
-- changed materialized view app.task_counts: access_method
alter materialized view app.task_counts set access method pile;
-- changed materialized view app.task_counts: tablespace
alter materialized view app.task_counts set tablespace corpus;
-- changed materialized view app.task_counts: columns
alter materialized view app.task_counts alter tasks set statistics 7;

-- unexpected domain app.more
create domain app.more as integer default 1;
-- changed domain app.word: collation
drop domain app.word; create domain app.word as text collate "C";
-- changed domain app.word: owner
alter domain app.word owner to pg_monitor;
-- missing composite type app.line [breaking, stops]
drop type app.line;
-- changed composite type app.line: owner
alter type app.line owner to pg_monitor;
-- missing enum app.mood [breaking, stops]
drop type app.mood;
-- unexpected range type app.more
create type app.more as range (subtype = numeric);
-- changed range type app.span: owner
alter type app.span owner to pg_monitor;
-- changed range type app.span: subtype, subtype_difference [breaking, stops]
drop type app.span; create type app.span as range (subtype = numeric);
-- changed range type app.span: multirange
drop type app.span;
create type app.span as range (subtype = float8, subtype_diff = float8mi, multirange_type_name = app.spans_of_time);
-- changed range type app.span: canonical
update pg_range set rngcanonical = 'pg_catalog.int4range_canonical'::regproc where rngtypid = 'app.span'::regtype;
-- changed range type app.span: collation
update pg_range set rngcollation = 'pg_catalog."C"'::regcollation where rngtypid = 'app.span'::regtype;
-- changed range type app.span: operator_class
update pg_range set rngsubopc = (select oid from pg_opclass where opcname = 'text_pattern_ops' limit 1)
  where rngtypid = 'app.span'::regtype;

-- unexpected statistics app.more
create statistics app.more (mcv) on status, number from app.tasks;
-- changed statistics app.tasks_stats: owner
alter statistics app.tasks_stats owner to pg_monitor;
-- changed statistics app.tasks_stats: expressions, kinds
drop statistics app.tasks_stats;
create statistics app.tasks_stats (dependencies, ndistinct) on status, priority, (lower(title)) from app.tasks;
-- changed statistics app.tasks_stats: columns, table
drop statistics app.tasks_stats;
create statistics app.tasks_stats (dependencies, ndistinct) on name, kind from app.users;

-- unexpected event trigger more
create event trigger more on sql_drop execute function app.watch();
-- changed event trigger watch: owner
update pg_event_trigger set evtowner = 'pg_monitor'::regrole;
-- changed event trigger watch: event
update pg_event_trigger set evtevent = 'ddl_command_start';
-- changed event trigger watch: function
update pg_event_trigger set evtfoid = 'app.touch'::regproc;
-- changed event trigger watch: tags
update pg_event_trigger set evttags = '{CREATE TABLE}';

-- unexpected publication more
create publication more for all tables;
-- changed publication aside: all_tables
update pg_publication set puballtables = true where pubname = 'aside';
-- changed publication aside: owner
alter publication aside owner to pg_monitor;
-- changed publication feed: generated_columns (since 18)
alter publication feed set (publish_generated_columns = stored);
-- unexpected publication relation feed.app.child
alter publication feed add table app.child;

-- unexpected collation app.more
create collation app.more (locale = 'C');
-- changed collation app.plain: owner
alter collation app.plain owner to pg_monitor;
-- changed collation app.plain: provider
update pg_collation set collprovider = 'd' where oid = 'app.plain'::regcollation;
-- changed collation app.plain: deterministic
update pg_collation set collisdeterministic = false where oid = 'app.plain'::regcollation;
-- changed collation app.plain: rules (since 16)
update pg_collation set collicurules = '&V << w <<< W' where oid = 'app.plain'::regcollation;

-- missing text search configuration app.words [stops]
drop text search configuration app.words;
-- unexpected text search configuration app.more
create text search configuration app.more (parser = pg_catalog.default);
-- changed text search configuration app.words: owner
alter text search configuration app.words owner to pg_monitor;
-- changed text search configuration app.words: parser
update pg_ts_config set cfgparser = (select oid from pg_ts_parser where prsname = 'letters') where cfgname = 'words';
-- missing text search dictionary app.loose_words [stops]
drop text search dictionary app.loose_words;
-- unexpected text search dictionary app.more
create text search dictionary app.more (template = pg_catalog.simple);
-- changed text search dictionary app.loose_words: owner
alter text search dictionary app.loose_words owner to pg_monitor;
-- changed text search dictionary app.loose_words: template
drop text search dictionary app.loose_words;
create text search dictionary app.loose_words (template = app.letters);
-- missing text search parser app.letters
drop text search parser app.letters;
-- unexpected text search parser app.more
create text search parser app.more (
  start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype
);
-- changed text search parser app.letters: headline
drop text search parser app.letters;
create text search parser app.letters (
  start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype
);
-- changed text search parser app.letters: start
update pg_ts_parser set prsstart = 'app.from_address'::regproc where prsname = 'letters';
-- changed text search parser app.letters: token
update pg_ts_parser set prstoken = 'app.from_address'::regproc where prsname = 'letters';
-- changed text search parser app.letters: end
update pg_ts_parser set prsend = 'app.from_address'::regproc where prsname = 'letters';
-- changed text search parser app.letters: token_types
update pg_ts_parser set prslextype = 'app.from_address'::regproc where prsname = 'letters';
-- missing text search template app.letters
drop text search template app.letters;
-- unexpected text search template app.more
create text search template app.more (lexize = dsimple_lexize);
-- changed text search template app.letters: init
drop text search template app.letters; create text search template app.letters (lexize = dsimple_lexize);
-- changed text search template app.letters: lexize
drop text search template app.letters;
create text search template app.letters (lexize = dsynonym_lexize, init = dsimple_init);

-- missing foreign data wrapper unused [stops]
drop foreign data wrapper unused;
-- changed foreign data wrapper nowhere: validator
alter foreign data wrapper nowhere validator postgresql_fdw_validator;
-- changed foreign data wrapper nowhere: handler
update pg_foreign_data_wrapper set fdwhandler = 'app.from_address'::regproc where fdwname = 'nowhere';
-- changed foreign data wrapper nowhere: options
alter foreign data wrapper nowhere options (add debug 'true');
-- changed foreign data wrapper nowhere: owner
update pg_foreign_data_wrapper set fdwowner = 'pg_monitor'::regrole where fdwname = 'nowhere';
-- missing foreign server nearby [stops]
drop server nearby;
-- unexpected foreign server more
create server more foreign data wrapper nowhere;
-- changed foreign server nearby: owner
alter server nearby owner to pg_monitor;
-- changed foreign server nearby: type
drop server nearby; create server nearby type 'oracle' foreign data wrapper nowhere;
-- changed foreign server nearby: wrapper
drop server nearby; create server nearby foreign data wrapper unused;
-- missing user mapping elsewhere for public
drop user mapping for public server elsewhere;
-- unexpected foreign table app.more
create foreign table app.more (id integer) server nearby;
-- changed foreign table app.remote: owner
alter foreign table app.remote owner to pg_monitor;
-- changed foreign table app.remote: server [stops]
drop foreign table app.remote;
create foreign table app.remote (id integer not null, body text) server nearby options (table_name 'r');
-- changed foreign table app.remote: columns [cosmetic]
alter foreign table app.remote drop column id, add id integer not null;
-- changed foreign table app.remote_child: inherits
alter foreign table app.remote_child no inherit app.parent;
-- changed foreign table app.logs_old: partition_bound, partition_of
alter table app.logs detach partition app.logs_old;

-- unexpected operator app.###(integer,integer)
create operator app.### (leftarg = integer, rightarg = integer, function = app.is_near);
-- changed operator app.@@@(integer,integer): owner
alter operator app.@@@ (integer, integer) owner to pg_monitor;
-- changed operator app.@@@(integer,integer): join
alter operator app.@@@ (integer, integer) set (join = eqjoinsel);
-- changed operator app.@@@(integer,integer): function
update pg_operator set oprcode = 'pg_catalog.int4lt'::regproc where oprname = '@@@';
-- changed operator app.@@@(integer,integer): commutator
update pg_operator set oprcom = oid where oprname = '@@@';
-- changed operator app.@@@(integer,integer): negator
update pg_operator set oprnegate = 'pg_catalog.=(integer,integer)'::regoperator where oprname = '@@@';
-- changed operator app.@@@(integer,integer): hashes
update pg_operator set oprcanhash = true where oprname = '@@@';
-- changed operator app.@@@(integer,integer): merges
update pg_operator set oprcanmerge = true where oprname = '@@@';
-- unexpected cast (app.line AS pg_catalog.text)
create cast (app.line as text) with inout;
-- changed cast (app.address AS pg_catalog.text): method
update pg_cast set castmethod = 'b' where castsource = 'app.address'::regtype;

-- missing operator family app.more_order USING btree
drop operator family app.more_order using btree;
-- unexpected operator family app.most_order USING hash
create operator family app.most_order using hash;
-- changed operator family app.base_order USING btree: functions
alter operator family app.base_order using btree drop function 4 (app.base, app.base);
-- changed operator family app.more_order USING btree: operators
alter operator family app.more_order using btree add operator 2 app.<<< (app.base, app.base);
-- changed operator family app.base_order USING btree: owner
alter operator family app.base_order using btree owner to pg_monitor;
-- missing operator class app.base_order USING btree [breaking, stops]
drop operator class app.base_order using btree;
-- unexpected operator class app.more USING btree
create operator class app.more for type integer using btree family app.more_order as operator 1 <, function 1 btint4cmp(int4, int4);
-- changed operator class app.base_order USING btree: owner
alter operator class app.base_order using btree owner to pg_monitor;
-- changed operator class app.base_order USING btree: family
update pg_opclass set opcfamily = (select oid from pg_opfamily where opfname = 'more_order') where opcname = 'base_order';
-- changed operator class app.base_order USING btree: type
update pg_opclass set opcintype = 'app.mood'::regtype where opcname = 'base_order';
-- changed operator class app.base_order USING btree: default
update pg_opclass set opcdefault = false where opcname = 'base_order';
-- changed operator class app.base_order USING btree: storage
update pg_opclass set opckeytype = 'integer'::regtype where opcname = 'base_order';
-- changed operator class app.base_order USING btree: operators
drop operator class app.base_order using btree;
create operator class app.base_order default for type app.base using btree family app.base_order as
  operator 5 app.<<<, function 1 app.base_compare(app.base, app.base);
-- changed operator class app.base_order USING btree: functions
drop operator class app.base_order using btree;
create operator class app.base_order default for type app.base using btree family app.base_order as
  operator 1 app.<<<;

-- missing language plsame [breaking, stops]
drop language plsame;
-- unexpected language more
create language more handler plpgsql_call_handler;
-- changed language plsame: owner
alter language plsame owner to pg_monitor;
-- changed language plsame: trusted
create or replace language plsame handler app.run inline app.run_inline validator app.validate;
-- changed language plsame: inline
create or replace trusted language plsame handler app.run validator app.validate;
-- changed language plsame: validator
create or replace trusted language plsame handler app.run inline app.run_inline;
-- changed language plsame: handler
update pg_language set lanplcallfoid = 'app.from_address'::regproc where lanname = 'plsame';
-- missing transform for app.address language plpgsql [breaking, stops]
drop transform for app.address language plpgsql;
-- unexpected transform for app.address language plsame
create transform for app.address language plsame (from sql with function app.from_address(internal));
-- changed transform for app.address language plpgsql: to_sql [breaking]
update pg_transform set trftosql = 'pg_catalog.int4in'::regproc;
-- changed transform for app.address language plpgsql: from_sql [breaking]
update pg_transform set trffromsql = 'pg_catalog.int4in'::regproc;
-- missing access method tree [breaking]
drop access method tree;
-- unexpected access method more
create access method more type index handler bthandler;
-- changed access method tree: handler
drop access method tree; create access method tree type index handler hashhandler;
-- changed access method tree: handler, type
drop access method tree; create access method tree type table handler heap_tableam_handler;
-- missing conversion app.to_latin
drop conversion app.to_latin;
-- unexpected conversion app.more
create default conversion app.more for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- changed conversion app.to_latin: owner
alter conversion app.to_latin owner to pg_monitor;
-- changed conversion app.to_latin: default
drop conversion app.to_latin; create default conversion app.to_latin for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
-- changed conversion app.to_latin: destination, function
drop conversion app.to_latin; create conversion app.to_latin for 'UTF8' to 'LATIN2' from utf8_to_iso8859;
-- changed conversion app.to_latin: destination, function, source
drop conversion app.to_latin; create conversion app.to_latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;

-- missing base type app.base [breaking, stops]
-- changed operator family app.base_order USING btree: functions
-- missing operator app.<<<(app.base,app.base) [breaking, stops]
-- missing operator class app.base_order USING btree [breaking, stops]
-- missing function app.base_compare(app.base, app.base) [breaking, stops]
-- missing function app.less(app.base, app.base) [breaking, stops]
drop type app.base cascade;
-- missing base type app.promised [breaking, stops]
drop type app.promised;
-- unexpected base type app.more
create type app.more;
create function app.more_in(cstring) returns app.more language internal immutable strict as 'int4in';
create function app.more_out(app.more) returns cstring language internal immutable strict as 'int4out';
create type app.more (input = app.more_in, output = app.more_out, like = pg_catalog.int4);
-- unexpected base type app.more
create type app.more;
-- changed base type app.base: owner
alter type app.base owner to pg_monitor;
-- changed base type app.base: receive
update pg_type set typreceive = 'int4recv'::regproc where oid = 'app.base'::regtype;
-- changed base type app.base: send
update pg_type set typsend = 'int4send'::regproc where oid = 'app.base'::regtype;
-- changed base type app.base: typmod_in
alter type app.base set (typmod_in = varchartypmodin);
-- changed base type app.base: typmod_out
alter type app.base set (typmod_out = varchartypmodout);
-- changed base type app.base: analyze
alter type app.base set (analyze = array_typanalyze);
-- changed base type app.base: subscript
alter type app.base set (subscript = jsonb_subscript_handler);
-- changed base type app.base: storage
update pg_type set typstorage = 'm' where oid = 'app.base'::regtype;
-- changed base type app.promised: input, output, shell
update pg_type set typtype = 'b', typisdefined = true, typinput = 'int4in'::regproc, typoutput = 'int4out'::regproc
  where typname = 'promised';
-- changed base type app.base: length
update pg_type set typlen = 2 where oid = 'app.base'::regtype;
-- changed base type app.base: by_value
update pg_type set typbyval = false where oid = 'app.base'::regtype;
-- changed base type app.base: alignment
update pg_type set typalign = 'd' where oid = 'app.base'::regtype;
-- changed base type app.base: category
update pg_type set typcategory = 'Z' where oid = 'app.base'::regtype;
-- changed base type app.base: preferred
update pg_type set typispreferred = true where oid = 'app.base'::regtype;
-- changed base type app.base: default
update pg_type set typdefault = '7' where oid = 'app.base'::regtype;
-- changed base type app.base: element
update pg_type set typelem = 'integer'::regtype where oid = 'app.base'::regtype;
-- changed base type app.base: delimiter
update pg_type set typdelim = ';' where oid = 'app.base'::regtype;
-- changed base type app.base: collatable
update pg_type set typcollation = 'pg_catalog."default"'::regcollation where oid = 'app.base'::regtype;

-- missing subscription mirror
drop subscription mirror;
-- unexpected subscription more
create subscription more connection 'host=example.com' publication feed
  with (connect = false, slot_name = none, enabled = false);
-- changed subscription mirror: owner
update pg_subscription set subowner = 'pg_monitor'::regrole where subname = 'mirror';
-- changed subscription mirror: enabled
update pg_subscription set subenabled = true where subname = 'mirror';
-- changed subscription mirror: publications
alter subscription mirror set publication feed with (refresh = false);
-- changed subscription mirror: slot
alter subscription mirror set (slot_name = other);
-- changed subscription mirror: binary
alter subscription mirror set (binary = true);
-- changed subscription mirror: streaming
alter subscription mirror set (streaming = on);
-- changed subscription mirror: disable_on_error
alter subscription mirror set (disable_on_error = true);
-- changed subscription mirror: synchronous_commit
alter subscription mirror set (synchronous_commit = on);
-- changed subscription mirror: password_required (since 16)
alter subscription mirror set (password_required = false);
-- changed subscription mirror: run_as_owner (since 16)
alter subscription mirror set (run_as_owner = true);
-- changed subscription mirror: origin (since 16)
alter subscription mirror set (origin = none);
-- changed subscription mirror: two_phase
update pg_subscription set subtwophasestate = 'e' where subname = 'mirror';
-- changed subscription mirror: failover (since 17)
update pg_subscription set subfailover = true where subname = 'mirror';

-- missing extension dependency index app.parent_id_idx on pg_trgm
alter index app.parent_id_idx no depends on extension pg_trgm;
-- unexpected extension dependency function app.touch() on pg_trgm
alter function app.touch() depends on extension pg_trgm;
-- unexpected extension dependency trigger app.tasks.touch on pg_trgm
alter trigger touch on app.tasks depends on extension pg_trgm;
-- unexpected extension dependency materialized view app.task_counts on pg_trgm
alter materialized view app.task_counts depends on extension pg_trgm;

-- missing security label table app.tasks by keeper [breaking]
delete from pg_seclabel;
-- changed security label table app.tasks by keeper: text [breaking]
update pg_seclabel set label = 'outside';
-- unexpected security label table app.tasks by warden
insert into pg_seclabel values ('app.tasks'::regclass, 'pg_class'::regclass, 0, 'warden', 'x');
-- unexpected security label column app.tasks.title by keeper
insert into pg_seclabel values ('app.tasks'::regclass, 'pg_class'::regclass, 3, 'keeper', 'x');
-- unexpected security label view app.names by keeper
insert into pg_seclabel values ('app.names'::regclass, 'pg_class'::regclass, 0, 'keeper', 'x');
-- unexpected security label column app.names.kind by keeper
insert into pg_seclabel values ('app.names'::regclass, 'pg_class'::regclass, 2, 'keeper', 'x');
-- unexpected security label materialized view app.task_counts by keeper
insert into pg_seclabel values ('app.task_counts'::regclass, 'pg_class'::regclass, 0, 'keeper', 'x');
-- unexpected security label foreign table app.remote by keeper
insert into pg_seclabel values ('app.remote'::regclass, 'pg_class'::regclass, 0, 'keeper', 'x');
-- unexpected security label sequence app.ticket by keeper
insert into pg_seclabel values ('app.ticket'::regclass, 'pg_class'::regclass, 0, 'keeper', 'x');
-- unexpected security label function app.double(integer, integer) by keeper
insert into pg_seclabel values ('app.double'::regproc, 'pg_proc'::regclass, 0, 'keeper', 'x');
-- unexpected security label schema app by keeper
insert into pg_seclabel values ('app'::regnamespace, 'pg_namespace'::regclass, 0, 'keeper', 'x');
-- unexpected security label enum app.status by keeper
insert into pg_seclabel values ('app.status'::regtype, 'pg_type'::regclass, 0, 'keeper', 'x');
-- unexpected security label domain app.email by keeper
insert into pg_seclabel values ('app.email'::regtype, 'pg_type'::regclass, 0, 'keeper', 'x');
-- unexpected security label composite type app.address by keeper
insert into pg_seclabel values ('app.address'::regtype, 'pg_type'::regclass, 0, 'keeper', 'x');
-- unexpected security label range type app.span by keeper
insert into pg_seclabel values ('app.span'::regtype, 'pg_type'::regclass, 0, 'keeper', 'x');
-- unexpected security label base type app.base by keeper
insert into pg_seclabel values ('app.base'::regtype, 'pg_type'::regclass, 0, 'keeper', 'x');
-- unexpected security label language plsame by keeper
insert into pg_seclabel select oid, 'pg_language'::regclass, 0, 'keeper', 'x' from pg_language where lanname = 'plsame';
-- unexpected security label event trigger watch by keeper
insert into pg_seclabel select oid, 'pg_event_trigger'::regclass, 0, 'keeper', 'x' from pg_event_trigger;
-- unexpected security label publication feed by keeper
insert into pg_seclabel select oid, 'pg_publication'::regclass, 0, 'keeper', 'x' from pg_publication where pubname = 'feed';
-- unexpected security label subscription mirror by keeper
insert into pg_shseclabel select oid, 'pg_subscription'::regclass, 'keeper', 'x' from pg_subscription where subname = 'mirror';

-- unexpected privilege base type app.base to pg_monitor
grant usage on type app.base to pg_monitor;
-- unexpected privilege language plsame to pg_monitor
grant usage on language plsame to pg_monitor;
-- unexpected privilege foreign data wrapper nowhere to pg_monitor
grant usage on foreign data wrapper nowhere to pg_monitor;
-- unexpected privilege materialized view app.task_counts to pg_monitor
grant select on app.task_counts to pg_monitor;
-- unexpected privilege foreign table app.remote to pg_monitor
grant select on app.remote to pg_monitor;
-- unexpected privilege domain app.email to pg_monitor
grant usage on type app.email to pg_monitor;
-- unexpected privilege composite type app.line to pg_monitor
grant usage on type app.line to pg_monitor;
-- unexpected privilege range type app.span to pg_monitor
grant usage on type app.span to pg_monitor;

-- unexpected comment access method tree [cosmetic]
comment on access method tree is 'x';
-- unexpected comment base type app.base [cosmetic]
comment on type app.base is 'x';
-- unexpected comment composite type app.line [cosmetic]
comment on type app.line is 'x';
-- unexpected comment conversion app.to_latin [cosmetic]
comment on conversion app.to_latin is 'x';
-- changed comment extension pg_trgm: text [cosmetic]
comment on extension pg_trgm is 'x';
-- unexpected comment foreign data wrapper nowhere [cosmetic]
comment on foreign data wrapper nowhere is 'x';
-- unexpected comment foreign table app.remote [cosmetic]
comment on foreign table app.remote is 'x';
-- unexpected comment language plsame [cosmetic]
comment on language plsame is 'x';
-- unexpected comment materialized view app.task_counts [cosmetic]
comment on materialized view app.task_counts is 'x';
-- unexpected comment multirange type app.span_multirange [cosmetic]
comment on type app.span_multirange is 'x';
-- unexpected comment operator class app.base_order USING btree [cosmetic]
comment on operator class app.base_order using btree is 'x';
-- unexpected comment operator family app.more_order USING btree [cosmetic]
comment on operator family app.more_order using btree is 'x';
-- unexpected comment range type app.span [cosmetic]
comment on type app.span is 'x';
-- unexpected comment subscription mirror [cosmetic]
comment on subscription mirror is 'x';
-- unexpected comment text search configuration app.words [cosmetic]
comment on text search configuration app.words is 'x';
-- unexpected comment text search dictionary app.loose_words [cosmetic]
comment on text search dictionary app.loose_words is 'x';
-- unexpected comment text search parser app.letters [cosmetic]
comment on text search parser app.letters is 'x';
-- unexpected comment text search template app.letters [cosmetic]
comment on text search template app.letters is 'x';
-- unexpected comment transform for app.address language plpgsql [cosmetic]
comment on transform for app.address language plpgsql is 'x';
-- unexpected comment column app.task_counts.tasks [cosmetic]
comment on column app.task_counts.tasks is 'x';
-- unexpected comment column app.address.city [cosmetic]
comment on column app.address.city is 'x';

-- unexpected column app.notes.twice (since 18)
alter table app.notes add twice integer generated always as (id * 2) virtual;
-- changed column app.notes.body: compression [cosmetic]
alter table app.notes alter body set compression pglz;
-- unexpected index app.notes_body_idx
create index notes_body_idx on app.notes using gist (body side.gist_trgm_ops (siglen = 32));
-- changed index app.tasks_tags_idx: method, options
drop index app.tasks_tags_idx; create index tasks_tags_idx on app.tasks (tags);
-- unexpected table app.events_old
create table app.events_old (like app.events including all) partition by range (id);
alter table app.events_old drop constraint events_old_pkey, add primary key (id, day);
alter table app.events attach partition app.events_old for values from ('2020-01-01') to ('2021-01-01');

-- changed table app.events_2026: indexes
alter index app.events_2026_what_idx set (fillfactor = 50);
-- changed table app.events_2026: indexes
alter table app.events_2026 cluster on events_2026_pkey;
-- changed table app.events_2026: indexes
alter index app.events_2026_what_idx set tablespace corpus;
-- changed collation app.plain: icu_locale, locale, provider
do $$ begin
  execute format(
    'update pg_collation set collprovider = ''i'', %I = ''de'' where oid = ''app.plain''::regcollation',
    (
      select attname
      from pg_attribute
      where attrelid = 'pg_collation'::regclass and attname in ('colliculocale', 'colllocale')
    )
  );
end $$;
