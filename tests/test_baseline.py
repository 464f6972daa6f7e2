"""The first migration of a database that is there: taken with pg_dump, proved, recorded, and lived with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import conninfo
from tiny import AB, call, rows, write_history

from tools import baseline, catalog, database, drift, scratch
from tools.errors import Trouble

MAKE_DATABASE = Callable[[str], str]

OWNER, READER, WRITER = (f"{name}_{os.getpid()}" for name in ("Base Owner", "base_reader", "Base Writer"))
MESSY = f"""
create extension pg_trgm;
create schema "Odd Schema" authorization "{OWNER}";
comment on schema "Odd Schema" is 'it''s odd; -- very';
grant usage on schema "Odd Schema" to {READER}, "{WRITER}";
alter default privileges for role "{OWNER}" in schema "Odd Schema" grant select on tables to {READER};
set role "{OWNER}";
create type "Odd Schema"."mood;" as enum ('ok', 'so "so"');
create domain "Odd Schema".percent as numeric(5, 2) default 0 check (value between 0 and 100);
create type "Odd Schema".pair as (a int, b text collate "C");
create table "Odd Schema"."T 1" (
  "Id" bigint generated always as identity (start 10) primary key,
  "order" text not null default E'a\\nb;''' check ("order" <> ''),
  mood "Odd Schema"."mood;" default 'ok',
  share "Odd Schema".percent,
  doubled numeric generated always as (share::numeric * 2) stored,
  gone int,
  "groß" jsonb default '{{"a": [1]}}'
);
alter table "Odd Schema"."T 1" drop column gone;
comment on column "Odd Schema"."T 1"."groß" is 'ä€😀; \\restrict x';
create index on "Odd Schema"."T 1" using gin ("order" public.gin_trgm_ops) where share > 5;
create unique index "U;" on "Odd Schema"."T 1" (lower("order"), share desc nulls last) include (mood);
create statistics "Odd Schema".st (dependencies) on mood, share from "Odd Schema"."T 1";
create table "Odd Schema".events (id int, at timestamptz not null default now(), t bigint) partition by range (at);
create table "Odd Schema".events_2026 partition of "Odd Schema".events for values from ('2026-01-01') to ('2027-01-01');
create table "Odd Schema".events_rest partition of "Odd Schema".events default;
alter table "Odd Schema".events add foreign key (t) references "Odd Schema"."T 1" on delete cascade;
create index on "Odd Schema".events (at desc);
create function "Odd Schema".b(n int) returns int language plpgsql as $$ begin return "Odd Schema".a(n - 1); end $$;
create function "Odd Schema".a(n int) returns int language sql stable as
  $f$ select case when n < 1 then 0 else (select b from "Odd Schema".b(n)) end $f$;
create function "Odd Schema".atomic() returns int begin atomic; select 1; select case when true then 2 end; end;
create procedure "Odd Schema".p() language plpgsql as 'begin commit; end';
create function "Odd Schema".touch() returns trigger language plpgsql as $$ begin new.mood = 'ok'; return new; end $$;
create trigger "T;" before update of "order" on "Odd Schema"."T 1" for each row when (old."order" <> new."order")
  execute function "Odd Schema".touch();
alter table "Odd Schema"."T 1" disable trigger "T;";
create view "Odd Schema".v1 as select "Id", "order" from "Odd Schema"."T 1" where "Odd Schema".a(1) = 0;
create view "Odd Schema".v2 with (security_barrier) as select v1.*, count(*) over () as n from "Odd Schema".v1;
create materialized view "Odd Schema".m as select mood, count(*) from "Odd Schema"."T 1" group by mood;
create unique index on "Odd Schema".m (mood);
create materialized view "Odd Schema".empty as select 1 as one with no data;
create rule r as on insert to "Odd Schema".v1 do instead (select 1; select 2);
alter table "Odd Schema"."T 1" enable row level security, force row level security;
create policy "own" on "Odd Schema"."T 1" for select to {READER}, "{OWNER}" using (mood = 'ok');
grant select ("Id"), update ("order") on "Odd Schema"."T 1" to "{WRITER}" with grant option;
revoke all on function "Odd Schema".a(int) from public;
revoke insert on "Odd Schema".events from "{OWNER}";
create sequence "Odd Schema".s increment 5 cycle maxvalue 500;
create table "Odd Schema".child () inherits ("Odd Schema"."T 1");
reset role;
create table public.theirs (id int);
alter table public.theirs owner to "{WRITER}";
create publication pub for table public.theirs;
alter publication pub owner to "{OWNER}";
create cast (text as "Odd Schema".pair) with inout;
"""


@pytest.fixture
def roles(empty_url: str) -> Iterator[None]:
    """Three roles on the server of the tests; what they own goes with the databases."""
    for name in (OWNER, READER, WRITER):
        rows(empty_url, f'create role "{name}"')
    yield
    for name in (OWNER, READER, WRITER):
        rows(empty_url, f'drop role "{name}"')


@pytest.fixture
def messy(roles: None, cluster: scratch.Cluster) -> Iterator[str]:
    """A database that grew by hand, most of it one role's."""
    url = cluster.create()
    rows(url, MESSY)
    yield url
    cluster.drop(url)


def same(one: str, other: str) -> None:
    catalogs = []
    for url in (one, other):
        with database.connect(url, application="tests") as connection:
            catalogs.append(catalog.read(connection))
    assert drift.diff(*catalogs) == ()


def test_the_whole_way(messy: str, roles: None, cluster: scratch.Cluster, tmp_path: Path) -> None:
    project = write_history(tmp_path, {})
    rows(messy, 'insert into "Odd Schema"."T 1" (share) values (5); refresh materialized view "Odd Schema".m')
    answer = call(project, "new", "baseline", "--baseline", "-u", messy)
    assert answer.code == 0, answer.err
    up, down = (tmp_path / line for line in answer.out.splitlines())
    assert answer.err == f"next, on the database that it was taken from: tools mark {up.stem}\n"
    text = up.read_text(encoding="utf-8")
    assert OWNER not in text, "the main owner is whoever runs the file"
    assert "restrict " not in text.replace("\\restrict x", "")
    settings = [line for line in text.splitlines() if line.lower().startswith(("set ", "select pg_catalog.set_config"))]
    assert settings == ["set search_path = '';", "set check_function_bodies = off;"]
    assert text.count("refresh materialized view") == 1

    marked = call(project, "mark", up.stem, "--yes", "-u", messy)
    assert (marked.code, marked.out.count("marked")) == (0, 1), marked.err
    status = call(project, "status", "--exit-code", "-u", messy)
    assert status.out.endswith("1 applied, 0 pending\n")
    assert status.code == 0
    checked = call(project, "drift-check", "--expected", "migrations", "--actual", "live", "-u", messy)
    assert checked.code == 0, checked.out

    write_history(
        tmp_path,
        {
            "20990101000000_next": (
                'alter table "Odd Schema".events add note text',
                'alter table "Odd Schema".events drop note',
            )
        },
    )
    assert call(project, "apply", "-u", messy).code == 0
    fresh = cluster.create()
    applied = call(project, "apply", "-u", fresh)
    assert applied.code == 0, applied.err
    same(messy, fresh)
    assert rows(fresh, 'select * from "Odd Schema".m') == []

    verified = call(project, "verify")
    assert verified.out.startswith(f"{up.stem}: no way back\n    a baseline has no way back\n"), verified.out
    assert (verified.code, verified.out.endswith("every way back holds\n")) == (0, True)
    assert call(project, "rollback", "--yes", "-u", fresh).code == 0
    refused = call(project, "rollback", "--yes", "-u", fresh)
    assert refused.code == 2
    assert f"{down.name}:" in refused.err
    assert ": a baseline has no way back (ST004)\n" in refused.err
    assert "hint: what was there before it is not in the history: restore a backup\n" in refused.err
    cluster.drop(fresh)


def test_what_belongs_to_others_is_left_out(make_database: MAKE_DATABASE, tmp_path: Path) -> None:
    contract = "create schema auth; create type auth.kind as enum ('a'); create table users (id uuid primary key);"
    contract += "create table auth.keys (id serial primary key, kind auth.kind)"
    url = make_database(f"{contract}; alter table users add email text; create table ours (id uuid references users)")
    project = write_history(tmp_path, {"20260101000000_x": "create table ours_too (id int)"})
    assert call(project, "apply", "-u", url).code == 0  # so that there is a ledger
    (tmp_path / "sql/migrations/20260101000000_x.sql").unlink()
    rows(url, "delete from _yoyo_migration; delete from schema_tools.log")
    project.external.mkdir()
    (project.external / "users.sql").write_text(contract)
    answer = call(project, "new", "baseline", "--baseline", "-u", url)
    assert answer.code == 0, answer.err
    text = (tmp_path / answer.out.splitlines()[0]).read_text()
    assert "CREATE TABLE public.ours_too" in text
    assert "REFERENCES public.users(id)" in text
    assert [
        word for word in ("yoyo", "schema_tools", "TABLE auth", "TABLE public.users", "auth.k") if word in text
    ] == []


def test_a_baseline_is_the_first(empty_url: str, tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, AB), "new", "baseline", "--baseline", "-u", empty_url)
    assert answer.code == 2
    assert "a baseline is the first migration, and sql/migrations/20260101000000_a.rollback.sql is there" in answer.err
    assert answer.err.endswith("tools mark --from catalog\n")


def test_what_cannot_be_proved_is_not_written(make_database: MAKE_DATABASE, tmp_path: Path) -> None:
    project = write_history(tmp_path, {})
    url = make_database("create schema other; create table other.t (id int); drop schema public")
    answer = call(project, "new", "baseline", "--baseline", "-u", url)
    assert answer.code == 2
    assert "the drafted baseline does not make what the database has:\n  " in answer.err
    assert "schema public" in answer.err
    assert answer.err.endswith("no migration was written: see the draft with --keep FILE\n")
    assert list(project.migrations.iterdir()) == []
    answer = call(project, "new", "baseline", "--baseline", "-u", url, "--keep", "draft.sql")
    assert answer.err.endswith("no migration was written: the draft is in draft.sql\n")
    assert "CREATE TABLE other.t" in (tmp_path / "draft.sql").read_text()
    assert list(project.migrations.iterdir()) == []


def test_what_does_not_run_on_scratch_is_not_written(make_database: MAKE_DATABASE, tmp_path: Path) -> None:
    """A function that needs a row answers in the database, and nowhere else."""
    project = write_history(tmp_path, {})
    url = make_database(
        "create function f() returns int language plpgsql as"
        " $$ begin if not exists (select from public.t) then raise 'no row'; end if; return 1; end $$;"
        " create table t (id int); insert into t values (1); create materialized view m as select public.f() as f"
    )
    answer = call(project, "new", "baseline", "--baseline", "-u", url)
    assert answer.code == 2
    assert "the drafted baseline does not run on scratch: no row\n" in answer.err
    assert "refresh materialized view public.m;" in answer.err
    assert list(project.migrations.iterdir()) == []


@pytest.mark.parametrize("version", [None, "14.2"])
def test_no_pg_dump_says_what_to_do(version: str | None, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {})
    program = tmp_path / "pg_dump"
    if version:
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    answer = call(project, "new", "baseline", "--baseline", "-u", empty_url, "--pg-dump", str(program))
    seen = f"{program} is 14.2, and the server is PostgreSQL" if version else f"{program} is no pg_dump: install"
    assert answer.code == 2
    assert f"no pg_dump that is new enough: {seen}" in answer.err
    assert "pass --pg-dump PATH" in answer.err


def test_the_password_is_not_on_the_command_line(empty_url: str, tmp_path: Path) -> None:
    program, log = tmp_path / "pg_dump", tmp_path / "log"
    found = baseline.Program(path=program, version="99")
    program.write_text(f'#!/bin/sh\necho "$@" > {log}\necho "sorry, $PGPASSWORD" >&2\nexit 1\n')
    program.chmod(0o755)
    with pytest.raises(
        Trouble, match=r"^sorry, \*\*\*: .*pg_dump 99 could not read the schema: try another --pg-dump$"
    ):
        baseline._dump(
            found, "postgresql://u:s3cret@h/d", write_history(tmp_path, {}), catalog.Catalog(server_version="18")
        )
    assert "s3cret" not in log.read_text()
    assert "host=h" in log.read_text()


def test_another_secret_does_not_get_there_either(empty_url: str, tmp_path: Path) -> None:
    url = conninfo.make_conninfo(empty_url, sslpassword="hunter2")
    answer = call(write_history(tmp_path, {}), "new", "first", "--baseline", "-u", url)
    assert answer.code == 2
    assert "pg_dump would show sslpassword to all on this machine: keep it in a service file" in answer.err
