-- What PostgreSQL prints in more than one way: before and after a dump's reload, and on its versions 15 to 18.
create schema prints;
create table prints.a (
  id integer primary key,
  kind varchar(10) not null,
  json text,
  json_value text,
  "system_user" text,
  constraint between_first check (id between 1 and 9 and id <> 5),
  constraint between_later check (id <> 6 and id between 1 and 9),
  constraint between_twice check (id between 1 and 9 and id <> 5 and (id not between 3 and 4 or kind = 'x' or kind = 'y')),
  constraint kind_known check (kind in ('x', 'y', 'it''s (a) AND ((b)')),
  constraint whole_row check (a is not null)
);
create table prints.b (id integer primary key references prints.a (id), kind varchar(10), words text default '"json" ON TRUE');
create table prints.json (json_array integer check (json_array > 0));
create table prints.settings (
  raw bytea default '\x00ff'::bytea check (raw <> '\x5c27'::bytea),
  part double precision default 0.1::double precision + 1e-17::double precision,
  price money default 12.5::numeric::money check (price <> '1,000.25'::money),
  pause interval default '1 year 2 mons 3 days 04:05:06' check (pause <> '-1 day'::interval),
  moment timestamptz default '2026-01-02 03:04:05+06' check (moment <> '2026-02-03 00:00:00+00'),
  day date default '2026-01-02',
  words text default E'a\\b\nc'
);
create index on prints.json (json_array) where json_array is not null;
comment on column prints.a.json is 'about "json"';

create view prints.one_table as select id, json, a.kind from prints.a where a.id between 1 and 9 and a.kind <> 'x';
create view prints.short_name as select t.id, (select max(b.id) from prints.b where b.id = t.id) as most from prints.a as t;
create view prints.sampled as select a.id from prints.a tablesample system (99) repeatable (2) where a.id > 1;
create view prints.words as select a."system_user", json_value, json from prints.a where json_value is not null;
create view prints.joined as select a.id, b.kind from prints.a left join prints.b using (id) where a.kind in ('x', 'y');
create view prints.on_true as select x.id, b.words from prints.json as j cross join prints.a as x left join lateral
  (select words from prints.b where b.id = x.id limit 1) as b on true;
create view prints.no_columns as select a.kind, j.json_array from prints.a natural left join prints.json as j;
create view prints.united as
  select a.id, a.kind, 0 as weight from prints.a
  union all
  select b.id, 'b', null from prints.b
  union
  (select 1, 'c', null::integer except select 2, 'd', length('x'));
create view prints.existing as
  select a.id from prints.a where exists (select null from prints.b) and a.kind in (select 'x' union select 'y'::text)
    and a.id between 1 and 9;
create view prints.named as
  with counted as (select count(*) as n, 'x' as kind from prints.b)
  select q.kind, counted.n, array(select 'y') as list, (select null::date) as day
  from (select kind, 1 as one from prints.a union all select 'z', 2) as q, counted
  where q.one = any (array(select length('x')));
create materialized view prints.kept as select kind, count(*) as json from prints.a where id between 1 and 9 and true
  group by kind;

create function prints.least_kind() returns text language sql stable
begin atomic
  select min(a.kind) from prints.a where a.id between 1 and 9 and a.kind <> 'x' and exists (select null from prints.b);
end;
create function prints.as_written() returns text language sql stable as
  $$ select 'x' where exists (select 1 as "json") and (((true) AND (true)) AND true) $$;

alter table prints.a enable row level security;
create policy few on prints.a using (id between 1 and 9 and exists (select null from prints.b where b.id = a.id));
grant all on prints.a to pg_monitor;
grant select, insert, update, delete, truncate, references, trigger on prints.b to pg_monitor;
