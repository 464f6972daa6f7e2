-- one column of each type, in all the ways that a type can be spelled

create extension citext;
create extension hstore;
create extension ltree;
create schema other;

create type mood as enum ('sad', 'ok', 'very happy', '1st', '', 'none', 'a"b', 'it''s 100%');
create type other.mood as enum ('blue');
create domain positive as integer default 7 constraint positive_check check (value > 0) constraint small check (value < 1000);
create domain email as citext not null check (value ~ '^[^@]+@[^@]+$');
create domain code as varchar(5) collate "C";
create domain emails as email[];
create type address as (street varchar(20), zip integer, "Since When" timestamptz, tags text[], mood mood);
create type person as (name text, home address);
create type floatrange as range (subtype = float8, subtype_diff = float8mi);
comment on type mood is 'How one is. @name Feeling';
comment on column address.zip is 'The code. @notnull';

create table types (
    id bigint generated always as identity (start with 100 increment by 5 maxvalue 1000000 cycle) primary key,
    a_smallint smallint, an_integer integer, a_bigint bigint,
    a_numeric numeric, a_numeric2 numeric(10, 2), a_numeric3 numeric(3, -2), a_numeric4 numeric(2, 5),
    a_real real, a_double double precision, a_money money,
    a_text text, a_varchar varchar, a_varchar20 varchar(20), a_char char, a_char4 char(4), a_bpchar bpchar, a_name name,
    a_quoted_char "char",
    a_text_c text collate "C", a_varchar_c varchar(10) collate "C",
    a_bytea bytea, a_boolean boolean,
    a_date date, a_time time, a_time3 time(3), a_timetz timetz, a_timetz0 timetz(0),
    a_timestamp timestamp, a_timestamp3 timestamp(3), a_timestamptz timestamptz, a_timestamptz0 timestamptz(0),
    an_interval interval, an_interval3 interval(3), an_interval_fields interval year to month,
    a_uuid uuid, an_inet inet, a_cidr cidr, a_macaddr macaddr, a_macaddr8 macaddr8,
    a_bit bit, a_bit4 bit(4), a_varbit bit varying, a_varbit5 bit varying(5),
    a_json json, a_jsonb jsonb, an_xml xml, a_tsvector tsvector, a_tsquery tsquery,
    a_point point, a_polygon polygon, an_oid oid, a_regclass regclass, an_lsn pg_lsn, a_path jsonpath,
    a_int4range int4range, a_int8range int8range, a_numrange numrange, a_daterange daterange, a_tsrange tsrange,
    a_tstzrange tstzrange, a_multirange int4multirange, a_tstzmultirange tstzmultirange, a_floatrange floatrange,
    a_citext citext, an_hstore hstore, an_ltree ltree,
    a_mood mood, another_mood other.mood, a_positive positive, an_email email, a_code code, some_emails emails,
    an_address address, a_person person,
    some_text text[], some_integers integer[][], some_varchars varchar(5)[], some_bits bit(3)[], some_moods mood[],
    some_uuids uuid[], some_times timestamptz[], some_addresses address[], some_json jsonb[], some_codes code[],
    some_numerics numeric(5, 2)[], some_ranges int4range[], some_blue other.mood[]
);
comment on table types is E'All types.\nIn "quotes" and with a \\ backslash, and with an @ that is nothing.';

-- a rule that the rows of today need not keep
create domain later as integer;
create table keeps_later (id bigint primary key, since later);
alter domain later add constraint later_is_positive check (value > 0) not valid;
