"""A database in which others own schemas: what they made there is read, shown and copied, and none of it is run."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import conninfo, sql
from tiny import A, B, Files, apply, call, rows, value, wait_until, write_history

DATA = Path(__file__).parent / "data"
HISTORY: Files = {
    A: (
        "create table public.t (id int primary key, name varchar(20), tags text[]);"
        " insert into public.t values (1, 'a', '{x}');",
        "drop table public.t",
    ),
    B: ("create index t_name_idx on public.t (name)", "drop index public.t_name_idx"),
}
PENDING: Files = {"20260104000000_pending": "update public.t set name = 'b'"}
READING: list[tuple[tuple[str, ...], int]] = [
    (("status",), 0),
    (("plan",), 0),
    (("plan", "--no-sample"), 0),
    (("drift-check", "--actual", "live"), 1),
    (("snapshot", "--from", "live"), 0),
    (("snapshot", "--estimates", "--out", "estimates.json"), 0),
    (("lint", "--no-design"), 0),
    (("verify", A), 0),
    (("models", "--from", "live", "--out", "made"), 0),
    (("docs", "--from", "live", "--out", "page.md"), 0),
    (("advise",), 1),
    (("mark", "--from", "catalog", "--yes"), 2),  # the schema of the traps is not of the history
    (("mark", "--from", "alembic", "--yes"), 2),
]
SAMPLING = [("plan",), ("lint", "--no-design")]
TRAP = """
create schema traps;
grant usage on schema traps to public;
create function traps.sprung() returns boolean language plpgsql as 'begin return true; end';
do $$ begin execute format('alter database %I set track_functions = %L', current_database(), 'all'); end $$
"""
ALONE = (
    "select pg_catalog.count(*) from pg_catalog.pg_stat_activity where datname operator(pg_catalog.=) current_catalog"
)
SPRUNG = "select funcname, calls from pg_catalog.pg_stat_user_functions"


@pytest.fixture
def url(make_database: Callable[[str], str], tmp_path: Path) -> str:
    """The URL of a database with a history applied, one of which is pending, and the ledger of another tool."""
    found = make_database("")
    apply(found, write_history(tmp_path, HISTORY))
    rows(found, "create table public.alembic_version (version_num varchar(32))")
    rows(found, f"insert into public.alembic_version values ('{A}')")
    rows(found, "analyze")
    write_history(tmp_path, PENDING)
    return found


@pytest.fixture
def make_role(make_database: Callable[[str], str]) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a role and returns the URL with which it connects to a database."""
    made: list[tuple[str, str]] = []

    def make(url: str) -> str:
        role, password = f"role_{secrets.token_hex(6)}", secrets.token_hex(8)
        rows(url, f"create role {role} login password '{password}'")
        made.append((url, role))
        return conninfo.make_conninfo(url, user=role, password=password)

    yield make
    for url, role in made:
        rows(url, f"drop owned by {role}; drop role {role}")


def sprung(url: str) -> list[tuple[str, int]]:
    """Return the traps that were sprung; what a session has called counts when it has ended."""
    wait_until(lambda: rows(url, ALONE) == [(1,)])
    return rows(url, SPRUNG)


@pytest.mark.parametrize(("arguments", "code"), READING, ids=str)
def test_what_reads_a_database_finds_no_name_but_postgresqls(
    arguments: tuple[str, ...], code: int, url: str, tmp_path: Path
) -> None:
    """Its owner has put operators, functions and views before PostgreSQL's own."""
    rows(url, (DATA / "traps.sql").read_text())
    name = value(url, "select quote_ident(current_database())")
    rows(url, f"alter database {name} set search_path = traps, pg_catalog, public")
    rows(url, f"alter database {name} set track_functions = 'all'")
    answer = call(write_history(tmp_path, {}), *arguments, "-u", url)
    assert (answer.code, sprung(url)) == (code, []), answer.err


@pytest.mark.parametrize("arguments", [("status",), *SAMPLING], ids=str)
@pytest.mark.parametrize("taken", ["public.t", "schema_tools.log", "public._yoyo_migration"])
def test_a_view_in_the_place_of_a_table_does_not_run(
    taken: str, arguments: tuple[str, ...], url: str, tmp_path: Path
) -> None:
    """Who owns a table can put a view in its place, and what that calls has the rights of who reads it."""
    if not value(url, "select exists (select from pg_settings where name = 'restrict_nonsystem_relation_kind')"):
        pytest.skip("this minor version of PostgreSQL cannot be told to run no view")
    columns = value(
        url,
        "select string_agg(format('null::%s as %I', atttypid::regtype, attname), ', ' order by attnum)"
        f" from pg_attribute where attrelid = '{taken}'::regclass and attnum > 0 and not attisdropped",
    )
    rows(url, TRAP)
    rows(url, f"drop table {taken} cascade; create view {taken} as select {columns} where traps.sprung()")
    answer = call(write_history(tmp_path, {}), *arguments, "-u", url)
    assert "unexpected" not in answer.err
    assert sprung(url) == []


@pytest.mark.parametrize("arguments", SAMPLING, ids=str)
def test_the_policy_of_a_table_does_not_run(
    arguments: tuple[str, ...], make_role: Callable[[str], str], url: str, tmp_path: Path
) -> None:
    """No row is copied then, and all are made up: what a policy lets through is no sample."""
    rows(url, TRAP)
    rows(url, "alter table public.t enable row level security; create policy p on public.t using (traps.sprung())")
    rows(url, "grant usage on schema schema_tools to public")
    rows(url, "grant select on all tables in schema public, schema_tools to public")
    answer = call(write_history(tmp_path, {}), *arguments, "-u", make_role(url))
    assert "unexpected" not in answer.err
    assert sprung(url) == []


@pytest.mark.skipif(shutil.which("psql") is None, reason="needs psql on the PATH")
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=repr)
@pytest.mark.parametrize(
    "planted",
    [
        "create table {} (id int)",
        "alter table public.t add column {} int",
        "create index {} on public.t (id)",
        "create aggregate {} (int) (sfunc = int4pl, stype = int)",
        "create foreign data wrapper {}",
    ],
)
def test_the_script_of_a_drift_check_has_only_its_own_statements(
    planted: str, end: str, url: str, tmp_path: Path
) -> None:
    """What it does not do without being told stands in comments, and a name may have a line end in it."""
    name = sql.Identifier(f"x{end}; drop table public.t cascade; --").as_string()
    rows(url, planted.format(name))
    answer = call(write_history(tmp_path, {}), "drift-check", "--actual", "live", "--sql", "-u", url)
    assert answer.code == 1
    command = ["psql", "-X", "-1", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
    done = subprocess.run(command, input=answer.out, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert value(url, "select to_regclass('public.t') is not null")


SIGNS = "\x1b[31m\x1b]0;x\x07\u202e\x9b"  # colours, the title of a window, from right to left
SHOWING = [
    ("plan",),
    ("plan", "-f", "markdown"),
    ("lint",),
    ("lint", "-f", "github"),
    ("lint", "-f", "junit"),
    ("status",),
    ("status", "-f", "markdown"),
    ("drift-check",),
    ("drift-check", "-f", "markdown"),
    ("drift-check", "-f", "sarif"),
    ("advise",),
    ("apply",),
    ("repair",),
    ("docs", "--from", "live", "--check"),
    ("models", "--from", "live", "--diff"),
]


@pytest.mark.parametrize("arguments", SHOWING, ids=" ".join)
def test_what_is_shown_is_nothing_that_a_terminal_obeys(
    arguments: tuple[str, ...], make_database: Callable[[str], str], tmp_path: Path
) -> None:
    table, url = f'"t{SIGNS}"', make_database("")
    fails = f"-- {SIGNS}\ndo $$ begin raise notice '{SIGNS}'; end $$;\nalter table {table} alter id set not null;"
    apply(url, write_history(tmp_path, {A: f"create table {table} (id int); insert into {table} values (null)"}))
    rows(url, f"comment on table {table} is '{SIGNS}'; alter table {table} add \"{SIGNS}\" int")
    if arguments[0] in ("status", "repair"):
        rows(url, f"update _yoyo_migration set migration_id = '{SIGNS}'")
        rows(url, f"update schema_tools.log set migration_id = '{SIGNS}'")
    answer = call(write_history(tmp_path, {B: fails}), *arguments, "-u", url)
    assert answer.out + answer.err
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", answer.out + answer.err) == []


# What a name or a comment may be, and must stay: no Python, no path, no docstring that ends early
TEXTS = [
    'a"""b',
    "a'''b",
    '"""; import os; os.abort()  # """',
    '"""',
    'ends with "',
    "ends with \\",
    "\\x22\\x22\\x22",
    "{a} %(a)s",
    "a\r\nimport os; os.abort()",
    "'); __import__('os').abort(); ('",
    "../../above",
    "/tmp/absolute",
    "__init__",
    "None",
    "class",
    "con",
    "base",
    "metadata",
    SIGNS,
    "@private",
    "x" * 63,
]


def test_models_of_any_names_and_comments_are_nothing_but_models(
    make_database: Callable[[str], str], tmp_path: Path
) -> None:
    lines = []
    for number, text in enumerate(TEXTS):
        other = TEXTS[(number * 5 + 2) % len(TEXTS)]
        table, column, enum = (sql.Identifier(one) for one in (text, other, f"e {text}"[:63]))
        words = {"table": table, "column": column, "enum": enum, "text": sql.Literal(text), "other": sql.Literal(other)}
        made = """
            create type {enum} as enum ({text}, 'x');
            create table {table} (id int primary key, {column} text default {other} check ({column} <> {text}));
            alter table {table} add e {enum};
            comment on table {table} is {other};
            comment on column {table}.{column} is {text};
            comment on type {enum} is {other};
        """
        lines.append(sql.SQL(made).format(**words).as_string())
    url = make_database("\n".join(lines))
    project = write_history(tmp_path / "project", {A: "select 1"})
    assert call(project, "models", "--from", "live", "--out", "made", "-u", url).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["project"]
    for path in (project.directory / "made").glob("*.py"):
        assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", path.read_bytes().decode()) == []
    answer = call(project, "drift-check", "--expected", url, "--actual", "models", "--models", "made")
    assert (answer.code, answer.err) == (0, "")
