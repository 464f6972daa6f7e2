"""Lint against a live database: its catalog, the size of its tables, and some of its rows, where they may be taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from tiny import A, Answer, B, call, rows, write_history

from tools import beside, config, scratch
from tools.config import Project


def lint(project: Project, *arguments: str) -> Answer:
    """Lint, without the rules of design, which the small tables here break."""
    return call(project, "lint", "--no-design", *arguments)


def rules_of(answer: Answer) -> list[str]:
    return [one["rule"] for one in json.loads(answer.out)["findings"]]


# A file for the database below, of which `a` is large, and what is found with its own rows
ON_REAL_ROWS = [
    ("create index on b (id);", []),
    ("create index on a (id);", ["create-index"]),
    ("update a set note = 'x' where done;", ["many-rows-at-once"]),
    ("update a set note = 'x' where id < 100;", []),
    ("alter table a alter column note set not null;", ["set-not-null"]),
    ("alter table a alter column rare set not null;", ["data-contradicts-constraint"]),
    ("alter table a add check (id > 10);", ["add-check"]),
    ("-- transactional: false\ncreate unique index concurrently on a (note);", ["data-contradicts-constraint"]),
    ("alter table c add foreign key (a_id) references a (id);", ["add-foreign-key"]),  # few of the parents are copied
    ("update b set id = id;", ["many-rows-at-once"]),  # by its trigger
    ("update b set id = id where id = 2;", []),
    # it is empty: made-up rows count for nothing
    ("-- transactional: false\ncreate unique index concurrently on e (flag);", []),
    ("alter table e add column more int not null;", ["required-column"]),
    ("alter table p add check (id > 7);", ["data-contradicts-constraint"]),  # its rows are in a partition
    ("alter table p add column more int not null;", ["not-null-without-default"]),
    (
        "create or replace function spread() returns trigger language plpgsql as 'begin new.x := 1; end';",
        ["write-fails"],
    ),
    ("revoke insert on a from public;", ["revoke"]),
    ("revoke delete on a from public;", []),
]


@pytest.fixture
def live(make_database: Callable[[str], str]) -> str:
    """A database that no ledger knows."""
    return make_database(
        "create table a (id int primary key, note text, rare text, done boolean);"
        "create table b (id int);"
        "create table c (a_id int primary key); create table e (id int primary key, flag boolean not null);"
        "create table p (id int) partition by range (id); create table p1 partition of p for values from (1) to (9);"
        "insert into p values (5);"
        "insert into a select n, 'n' || n / 200, null, n % 10 < 9 from generate_series(11, 20010) as n;"
        "insert into b values (1); insert into c select id from a; grant select, insert on a to public;"
        "create function spread() returns trigger language plpgsql as 'begin update a set note = id; return new; end';"
        "create trigger b_spread before update on b for each row execute function spread(); analyze"
    )


@pytest.mark.parametrize(("text", "rules"), ON_REAL_ROWS)
def test_a_database_without_a_ledger_lends_its_catalog_and_some_rows(
    text: str, rules: list[str], tmp_path: Path, live: str
) -> None:
    (tmp_path / "try.sql").write_text(text)
    answer = lint(config.load(tmp_path), "-u", live, "-f", "json", "try.sql")
    assert rules_of(answer) == rules
    assert answer.code == bool(rules)
    assert rows(live, "select count(*), count(rare) from a") == [(20000, 0)]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["as asked", "for a scratch server elsewhere"])
def test_no_row_leaves_the_database(elsewhere: bool, tmp_path: Path, live: str, cluster: scratch.Cluster) -> None:
    (tmp_path / "try.sql").write_text("alter table a alter column rare set not null;")
    options = ["--scratch-url", cluster.url("postgres")] if elsewhere else ["--no-sample"]
    answer = lint(config.load(tmp_path), "-u", live, "-f", "json", *options, "try.sql")
    # only the rows tell that it would fail; that it reads the table from end to end, its size
    assert rules_of(answer) == ["set-not-null"]


def test_what_is_ignored_where_it_is_large_is_not_unused_where_it_is_small(tmp_path: Path, live: str) -> None:
    (tmp_path / "try.sql").write_text(
        "select 1;\n\n-- lint: ignore create-index because nobody is there at night\ncreate index on b (id);\n\n"
        "-- lint: ignore truncate because nobody needs them\ncreate index on e (id);\n"
    )
    answer = lint(config.load(tmp_path), "-u", live, "-f", "json", "try.sql")
    assert [(one["rule"], one["line"]) for one in json.loads(answer.out)["findings"]] == [("unused-ignore", 6)]


def test_a_database_without_a_ledger_says_nothing_of_what_is_pending(tmp_path: Path, live: str) -> None:
    answer = lint(write_history(tmp_path, {A: "create table d (id int);"}), "-u", live)
    assert answer.code == 2
    assert "its ledger does not name the migrations that made them" in answer.err


def test_an_applied_file_that_is_gone_is_named(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: "create table d (id int);", B: "create table e (id int);"})
    assert call(project, "apply", "-u", empty_url, "--yes").code == 0
    for path in project.migrations.glob(f"{B}*"):
        path.unlink()
    answer = lint(project, "-u", empty_url)
    assert (answer.code, answer.out) == (2, "")
    assert f"{B} is applied, and its file is gone: restore it from version control, or say which" in answer.err


def test_the_roles_of_the_database_are_made_on_scratch(tmp_path: Path, live: str) -> None:
    rows(live, "create role lint_reader; grant select on a to lint_reader; alter table b owner to lint_reader")
    try:
        (tmp_path / "try.sql").write_text("create policy b_read on b to lint_reader using (true);")
        assert lint(config.load(tmp_path), "-u", live, "try.sql").code == 0
    finally:
        rows(live, "reassign owned by lint_reader to current_user; drop owned by lint_reader; drop role lint_reader")


def test_what_a_database_brings_along_has_no_rights_on_scratch(tmp_path: Path, live: str) -> None:
    """Its functions run there when its rows are copied, and what a superuser's do is up to whoever made them."""
    rows(
        live,
        "create function run() returns boolean language plpgsql as"
        " $$ begin copy (select 1) to program 'true'; return true; end $$;"
        "alter table b add constraint b_check check (run()) not valid;"
        "create schema more; create extension hstore schema more; create table d (h more.hstore);"
        "create publication everything for all tables;"
        "create function noticed() returns event_trigger language plpgsql as 'begin end';"
        "create event trigger noticed on ddl_command_end execute function noticed()",
    )
    (tmp_path / "try.sql").write_text("alter table b add column more int;")
    answer = lint(config.load(tmp_path), "-u", live, "try.sql")
    assert (answer.code, "external program" in answer.out) == (0, True), answer.err


def test_what_a_session_locks_of_a_table_is_no_lock_on_it(live: str) -> None:
    """A row that two wait for, or the end of a file, is ExclusiveLock in pg_locks, and keeps nobody from the table."""
    asks = b"update a set note = 'x' where id = 11"
    with ExitStack() as stack:
        first, *others, observer = (stack.enter_context(closing(psycopg.connect(live))) for _ in range(4))
        first.execute(asks)
        for one in others:
            one.pgconn.send_query(asks)
        while not observer.execute("select from pg_locks where locktype = 'tuple' and granted").fetchall():
            observer.rollback()
        found = observer.execute(beside.WAITING).fetchall()
        pids = {one.info.backend_pid for one in others}
    assert {mode for pid, oid, mode, _ in found if pid in pids and oid is not None} == {"RowExclusiveLock"}
