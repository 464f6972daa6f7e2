-- constraints, indexes, defaults and keys of all kinds

create extension btree_gist;
create extension pg_trgm;
create function is_even(value integer) returns boolean language sql immutable as 'select value % 2 = 0';
create sequence numbers start 10 increment 2;

create table parents (
    tenant integer not null,
    id integer not null,
    code varchar(10) not null,
    number bigint not null default nextval('numbers'),
    label text generated always as ('P' || code) stored,
    constraint parents_pkey primary key (tenant, id) include (code),
    constraint parents_code_key unique nulls not distinct (code, tenant) deferrable initially deferred,
    constraint parents_label_key unique (label) include (number)
);

create table children (
    id bigserial,
    tenant integer not null,
    parent integer,
    other_parent integer,
    up bigint,
    even integer default 2 check (is_even(even)),
    body text check (body like '100%' or body ~ '^\:a\d' or body <> 'a:b:c'),
    amount numeric(8, 2) not null check (amount between 0 and 99.5),
    small integer check (small >= 1 and small < 10 and small <> 5),
    during tstzrange,
    lower_case text,
    sometimes integer,
    settings jsonb not null default '{"a": [1, 2], ":b": "%s"}' check (jsonb_typeof(settings) = 'object'),
    made timestamptz not null default clock_timestamp(),
    number bigint not null default nextval('numbers'),
    primary key (id),
    constraint children_parent_fkey foreign key (tenant, parent) references parents (tenant, id)
        match full on update cascade on delete cascade deferrable initially deferred,
    constraint children_other_fkey foreign key (tenant, other_parent) references parents (tenant, id)
        on delete set null (other_parent),
    constraint children_up_fkey foreign key (up) references children (id) on delete set default,
    constraint children_no_inherit check (sometimes > 0) no inherit,
    constraint children_excl exclude using gist (tenant with =, during with &&) where (sometimes is not null) deferrable,
    constraint children_expression_excl exclude using gist (int4range(small, small + 1) with &&)
);
alter table children add constraint children_not_valid check (small > 2) not valid;
alter table children add constraint children_key_not_valid foreign key (sometimes) references children (id) not valid;
create unique index children_lower on children (tenant, lower(lower_case));
create unique index children_partial on children (parent) where other_parent is null;
create unique index children_nulls on children (sometimes, parent) nulls not distinct;
create index children_order on children (tenant desc nulls last, parent nulls first, lower_case collate "C" text_pattern_ops);
create index children_trgm on children using gin (lower_case gin_trgm_ops) with (fastupdate = off);
create index children_brin on children using brin (made) with (pages_per_range = 16);
create index children_hash on children using hash (lower_case);
create index children_include on children (parent) include (id, tenant);
create index children_expression on children ((amount * 2), (settings ->> 'a:b'));

create table keyless (a integer, b text);
create table unique_only (a integer not null unique, b text);
create table natural_key (code integer primary key, name text unique);
create table names_it_twice (code integer primary key references natural_key references unique_only (a));

create table players (id serial primary key, team_id integer);
create table teams (id serial primary key, captain_id integer references players (id), coach integer not null references players (id));
alter table players add foreign key (team_id) references teams (id) on delete set null;

create table folders (
    account integer, id integer, parent_id integer,
    primary key (account, id),
    foreign key (account, parent_id) references folders (account, id)
);

create table authors (id uuid primary key default gen_random_uuid());
create table books (id uuid primary key default gen_random_uuid(), author_id uuid not null references authors, editor_id uuid references authors on delete restrict, created_by uuid references authors);
create table book_tags (book_id uuid references books on delete cascade, tag_id integer references natural_key, primary key (book_id, tag_id));
create table friends (one uuid references authors, two uuid references authors, primary key (one, two));
create table profiles (author_id uuid primary key references authors on delete cascade, bio text);

create table measurements (at timestamptz not null, value real, primary key (at)) partition by range (at);
create table measurements_2026 partition of measurements for values from ('2026-01-01') to ('2027-01-01');
create table old_people (name text primary key);
create table very_old_people (age integer) inherits (old_people);
create unlogged table forgetful (id integer primary key) with (fillfactor = 70);

create view even_children as select id, even, body from children where is_even(even);
create materialized view totals as select tenant, sum(amount) as total from children group by tenant;
create unique index totals_tenant on totals (tenant);
create table triggered (id integer primary key, kept_at timestamptz, counted integer not null);
create function keep() returns trigger language plpgsql as $$ begin new.kept_at := now(); new.counted = 1; return new; end $$;
create trigger keeps before insert or update on triggered for each row execute function keep();

-- a default that takes from a sequence which belongs to no column, under the very name that serial would give it
create sequence loose_id_seq;
create table loose (id integer primary key default nextval('loose_id_seq'));

-- keys that are foreign keys, one upon the other, and a key that points to the last
create table beings (id integer primary key);
create table employees (id integer primary key references beings);
create table sellers (id integer primary key references employees, region text);
create table quotas (seller_id integer references sellers, of_day date, primary key (seller_id, of_day));

-- conditions of several columns, of which not all fit on a line
create table conditions (
    id integer primary key,
    some_identifier integer, another_identifier integer, one_more_identifier integer, begins_on date not null, ends_on date, is_open boolean,
    constraint conditions_arc_check check (
        some_identifier is not null or another_identifier is not null or one_more_identifier is not null and ends_on is not null
    ),
    constraint conditions_line_check check (
        some_identifier > another_identifier or another_identifier > one_more_identifier or some_identifier is null
    ),
    constraint "conditions-Days" check (ends_on > begins_on or ends_on is null),
    constraint conditions_open_check check (is_open = true or ends_on is not null)
);
