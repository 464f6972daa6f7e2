"""A database that another tool has migrated: what it has is proposed, proved and recorded, or refused."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny import AB, A, Answer, B, C, Files, applied, call, rows, value, write_history

from tools import adopt, terminal
from tools.config import Project

ABC: Files = {**AB, C: "create table c (id int)"}
A_AND_B = "create table a (id int); create table b (id int);"
FLYWAY = """
create table flyway_schema_history (installed_rank int primary key, version varchar(50),
  description varchar(200) not null, type varchar(20) not null,
  script varchar(1000) not null, checksum int, installed_by varchar(100) not null,
  installed_on timestamp not null default now(), execution_time int not null, success boolean not null);
create index flyway_schema_history_s_idx on flyway_schema_history (success);
"""
MakeDatabase = Callable[[str], str]


def alembic(revision: str) -> str:
    return (
        "create table alembic_version (version_num varchar(32) not null constraint alembic_version_pkc primary key);"
        f"insert into alembic_version values ('{revision}');"
    )


def dbmate(*versions: str) -> str:
    values = ", ".join(f"('{version}')" for version in versions)
    table = "create table schema_migrations (version varchar(128) primary key)"
    return f"{table}; insert into schema_migrations values {values};"


def flyway(*found: tuple[str | None, str]) -> str:
    return FLYWAY + "".join(
        "insert into flyway_schema_history values"
        f" ({rank}, {'null' if version is None else repr(version)}, '', '{type_}', '', 0, 'me', now(), 1, true);"
        for rank, (version, type_) in enumerate(found)
    )


def mark(project: Project, url: str, source: str, *options: str) -> Answer:
    return call(project, "mark", "--from", source, "-u", url, *options)


def marked(*ids: str) -> str:
    return "".join(f"{id_}: marked in 0 ms\n" for id_ in ids)


def unexpected(project: Project, url: str) -> set[tuple[str, str, str]]:
    """Return what tools drift-check finds in the live database."""
    answer = call(project, "drift-check", "--expected", "migrations", "--actual", "live", "-u", url, "-f", "json")
    (comparison,) = json.loads(answer.out)["comparisons"]
    return {(one["change"], one["kind"], one["name"]) for one in comparison["differences"]}


# By case: the tool, its table, the name of its table
RECORDED = {
    "dbmate": ("dbmate", dbmate("20260101000000", "20260102000000"), "schema_migrations"),
    "dbmate, a part of the stamp": ("dbmate", dbmate("20260101", "20260102000000"), "schema_migrations"),
    "flyway": (
        "flyway",
        flyway(("20260101000000", "SQL"), ("20260102000000", "SQL"), (None, "SQL")),
        "flyway_schema_history",
    ),
    "flyway, one undone": (
        "flyway",
        flyway(
            ("20260101000000", "SQL"),
            ("20260103000000", "SQL"),
            ("20260102000000", "SQL"),
            ("20260103000000", "UNDO_SQL"),
        ),
        "flyway_schema_history",
    ),
    "flyway, a baseline": ("flyway", flyway(("20260102000000", "BASELINE")), "flyway_schema_history"),
    "alembic, a revision that no file names": ("alembic", alembic("ae1027a6acf"), "alembic_version"),
    "flyway, a baseline that no file names": ("flyway", flyway(("1", "BASELINE")), "flyway_schema_history"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_what_a_tool_recorded_is_proved_and_marked(name: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    source, ledger, table = RECORDED[name]
    project = write_history(tmp_path, ABC)
    url = make_database(A_AND_B + ledger)
    answer = mark(project, url, source, "--yes")
    assert (answer.code, answer.out) == (0, marked(A, B)), answer.err
    assert f"proposed: 2 of the history, {A} to {B}\nproved: equal to the replay up to {B}\n" in answer.err
    assert applied(url) == [A, B]
    assert call(project, "apply", "-u", url).out.startswith(f"{C}: applied in ")
    # the other tool's table is still there, and nobody's migration makes it: to drop it is the owner's decision
    assert unexpected(project, url) == {("unexpected", "table", f"public.{table}")}
    line = f"unexpected table public.{table}  # the ledger from before"
    assert f"leave it out with a line in .driftignore: {line}\n" in answer.err
    (project.directory / ".driftignore").write_text(line, encoding="utf-8")
    assert unexpected(project, url) == set()
    again = mark(project, url, "catalog", "--yes")
    assert (again.code, again.out) == (0, "")
    assert again.err.endswith("nothing to mark\n")


@pytest.mark.parametrize(
    "text",
    [
        "-- Revision ID: ae1027a6acf\ncreate table b (id int)",
        "-- Running upgrade 1975ea83b712 -> ae1027a6acf\n\ncreate table b (id int)",
    ],
)
def test_a_revision_is_named_in_a_file(text: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    files: Files = {A: AB[A], B: text, C: "-- Revision ID: ff00\n-- Revises: ae1027a6acf\ncreate table c (id int)"}
    url = make_database(A_AND_B + alembic("ae1027a6acf"))
    answer = mark(write_history(tmp_path, files), url, "alembic", "--yes")
    assert (answer.code, answer.out) == (0, marked(A, B))
    assert "catalogs are compared" not in answer.err


def test_a_revision_is_part_of_an_id(make_database: MakeDatabase, tmp_path: Path) -> None:
    files: Files = {A: AB[A], "20260102000000_ae1027a6acf_b": AB[B], C: "create table c (id int)"}
    url = make_database(A_AND_B + alembic("ae1027a6acf"))
    answer = mark(write_history(tmp_path, files), url, "alembic", "--yes")
    assert (answer.code, answer.out) == (0, marked(A, "20260102000000_ae1027a6acf_b"))


def test_numbers_with_zeros_and_flyways_names(make_database: MakeDatabase, tmp_path: Path) -> None:
    names = ("V01_1__a", "V01_2__b", "V01_20__c")
    files: Files = {name: f"create table {name[-1]} (id int)" for name in names}
    url = make_database(A_AND_B + flyway(("1.1", "SQL"), ("1.2", "SQL")))
    answer = mark(write_history(tmp_path / "flyway", files), url, "flyway", "--yes")
    assert answer.out == marked(*names[:2]), answer.err
    files = {name: f"create table {name[-1]} (id int)" for name in ("0001_a", "0002_b", "0010_c")}
    url = make_database(A_AND_B + dbmate("1", "02"))
    assert mark(write_history(tmp_path / "zeros", files), url, "dbmate", "--yes").out == marked("0001_a", "0002_b")


def test_a_version_that_could_be_two_is_refused(make_database: MakeDatabase, tmp_path: Path) -> None:
    files: Files = {"0001_a": "create table a (id int)", "01_b": "create table b (id int)"}
    answer = mark(write_history(tmp_path, files), make_database(A_AND_B + dbmate("1")), "dbmate", "--yes")
    assert (answer.code, answer.out) == (2, "")
    assert "version 1 could be 0001_a, 01_b: name what is applied" in answer.err


def test_what_was_applied_out_of_order_is_proved_alone(make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    url = make_database(
        "create table a (id int); create table c (id int);" + dbmate("20260101000000", "20260103000000")
    )
    answer = mark(project, url, "dbmate", "--yes")
    assert answer.out == marked(A, C)
    assert "proved: equal to the replay of these 2 alone\n" in answer.err
    assert call(project, "apply", "--allow-late", "-u", url).out.startswith(f"{B}: applied in ")


def test_the_table_of_the_tool_may_have_a_schema_of_its_own(make_database: MakeDatabase, tmp_path: Path) -> None:
    ledger = 'create schema "The tools"; set search_path = "The tools";' + dbmate("20260101000000", "20260102000000")
    url = make_database(A_AND_B + ledger)
    assert mark(write_history(tmp_path, ABC), url, "dbmate", "--yes").out == marked(A, B)


def test_a_table_of_that_name_that_a_migration_makes_counts(make_database: MakeDatabase, tmp_path: Path) -> None:
    ours: Files = {A: "create table alembic_version (version_num varchar(32) not null)"}
    url = make_database("create table alembic_version (version_num varchar(31) not null)")
    answer = mark(write_history(tmp_path, ours), url, "catalog", "--yes")
    assert answer.code == 2, answer.err
    assert f"the nearest is {A}" in answer.err
    assert "changed column public.alembic_version.version_num" in answer.err
    ours = {A: "create table schema_migrations (version varchar(128))"}
    answer = mark(write_history(tmp_path / "dbmate", ours), make_database(dbmate("20260101000000")), "dbmate", "--yes")
    assert "unexpected constraint public.schema_migrations.schema_migrations_pkey" in answer.err


def test_a_dump_at_any_point(make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    (tmp_path / "sql" / "external").mkdir()
    (tmp_path / "sql" / "external" / "auth.sql").write_text("create table users (id uuid primary key)")
    made = (
        "create table users (id text, more text);",
        "create table a (id int);",
        "create table b (id int);",
        "create table c (id int);",
    )
    for count, ids in enumerate(((), (A,), (A, B), (A, B, C))):
        url = make_database("".join(made[: count + 1]))
        answer = mark(project, url, "catalog", "--yes")
        assert (answer.code, answer.out) == (0, marked(*ids)), answer.err
        assert ("migration by migration" in answer.err) == (count < 3)
        assert applied(url) == list(ids)


def test_what_is_applied_already_is_not_marked_again(make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    url = make_database("")
    call(project, "apply", "--to", A, "-u", url)
    rows(url, "create table b (id int)")
    assert mark(project, url, "catalog", "--yes").out == marked(B)
    assert rows(url, "select operation from schema_tools.log order by log_id") == [("apply",), ("mark",)]
    rows(url, "create table c (id int);" + dbmate("20260103000000"))
    assert mark(project, url, "dbmate", "--yes").out == marked(C)


def test_a_point_before_what_is_applied_is_none(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    call(project, "apply", "--to", A, "-u", empty_url)
    rows(empty_url, "drop table a")
    answer = mark(project, empty_url, "catalog", "--yes")
    assert answer.code == 2
    assert f"(the nearest is {A}), so none was marked:\n  missing table public.a\n" in answer.err


def test_files_that_change_rows_only_are_pointed_out(make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, {**AB, C: "insert into a values (1)"})
    url = make_database(A_AND_B)
    answer = mark(project, url, "catalog", "--yes")
    assert answer.out == marked(A, B, C)
    assert [line for line in answer.err.splitlines() if line.startswith("note: ")] == [
        f"note: {C} changes nothing that a catalog shows: look yourself whether its rows are there"
    ]


@pytest.mark.parametrize("source", ["catalog", "dbmate", "flyway", "alembic"])
def test_a_change_made_by_hand_is_refused(source: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    both = ("20260101000000", "20260102000000")
    url = make_database(
        f"{A_AND_B} alter table a add note text;"
        f"{dbmate(*both)}{flyway(*((version, 'SQL') for version in both))}{alembic('ae1027a6acf')}"
    )
    rows(url, f"drop table if exists {', '.join(one.table for name, one in adopt.TOOLS.items() if name != source)}")
    answer = mark(project, url, source, "--yes")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith(
        "so none was marked:\n  unexpected column public.a.note\n"
        "nothing was changed: apply them with tools apply, or mend the database first\n"
    )
    assert (f"the nearest is {B}" in answer.err) == (source in ("catalog", "alembic"))
    assert value(url, "select to_regclass('_yoyo_migration')") is None  # a refusal does not even make the ledger


def test_nothing_equal_names_the_nearest_and_twenty_differences(make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    url = make_database("".join(f"create table other_{number:02} (id int);" for number in range(25)))
    answer = mark(project, url, "catalog", "--yes")
    assert answer.code == 2
    assert "no point of the history (the nearest is the one before the first migration), so none was" in answer.err
    assert answer.err.count("  unexpected table public.other_") == 20
    assert "other_19\n  and 5 more\nnothing was changed" in answer.err


@pytest.mark.parametrize(
    ("source", "table"),
    [
        ("yoyo", "_yoyo_migration with anything applied in schema public"),
        *((source, tool.table) for source, tool in adopt.TOOLS.items()),
    ],
)
def test_the_table_of_the_tool_is_missing(source: str, table: str, empty_url: str, tmp_path: Path) -> None:
    answer = mark(write_history(tmp_path, ABC), empty_url, source, "--yes")
    way_out = "name the tool that migrated it, or compare with tools mark --from catalog"
    assert (answer.code, answer.err) == (2, f"tools: no table {table} in this database: {way_out}\n")


def test_an_empty_table_says_nothing(make_database: MakeDatabase, tmp_path: Path) -> None:
    url = make_database(f"{A_AND_B} {FLYWAY}")
    answer = mark(write_history(tmp_path, ABC), url, "flyway", "--yes")
    assert answer.code == 2
    assert "public.flyway_schema_history names nothing that is applied: compare with" in answer.err


@pytest.mark.parametrize(
    ("source", "ledger"),
    [
        ("dbmate", dbmate("20260101000000", "20250101000000", "7")),
        ("flyway", flyway(("20260101000000", "SQL"), ("20250101000000", "SQL"), ("7", "SQL"))),
    ],
)
def test_versions_that_no_file_has(source: str, ledger: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    url = make_database(A_AND_B + ledger)
    answer = mark(write_history(tmp_path, ABC), url, source, "--yes")
    assert answer.code == 2
    assert f"{source} has applied 20250101000000, 7, and no file here is called so: bring the files" in answer.err
    assert applied(url) == []


def test_yoyos_own_ledger_needs_no_marking(make_database: MakeDatabase, tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    url = make_database(
        f"{A_AND_B} create table _yoyo_migration (migration_hash varchar(64) primary key, migration_id varchar(255),"
        f" applied_at_utc timestamp); insert into _yoyo_migration values ('1', '{A}', now()), ('2', '{B}', now())"
    )
    answer = mark(project, url, "yoyo", "--yes")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "yoyo's ledger is read as it is, and 2 are applied: see tools status\nnothing to mark\n"
    assert rows(url, "select count(*) from _yoyo_migration") == [(2,)]
    (project.migrations / f"{B}.sql").unlink()
    (project.migrations / f"{B}.rollback.sql").unlink()
    answer = mark(project, url, "yoyo", "--yes")
    assert (answer.code, f"{B} is applied, and its file is gone" in answer.err) == (2, True)


class Keyboard(io.StringIO):
    """A terminal at which somebody types this; a keyboard with nothing on it is left by Ctrl-C."""

    def isatty(self) -> bool:
        return True

    def readline(self, *_: Any) -> Any:
        if not self.getvalue():
            raise KeyboardInterrupt
        return super().readline()


@pytest.mark.parametrize("typed", ["n\n", "\n", "\x04", ""])
def test_an_answer_that_is_not_yes(
    typed: str, monkeypatch: pytest.MonkeyPatch, make_database: MakeDatabase, tmp_path: Path
) -> None:
    project = write_history(tmp_path, ABC)
    url = make_database(A_AND_B + dbmate("20260101000000", "20260102000000"))
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    answer = mark(project, url, "dbmate")
    assert (answer.code, applied(url)) == (2, [])
    assert f"  {A}\n  {B}\nrecord 2 as applied on " in answer.out + answer.err
    assert answer.err.endswith("nothing was changed\n")
    monkeypatch.setattr(sys, "stdin", Keyboard("y\n"))
    assert mark(project, url, "dbmate").out.endswith(marked(A, B))


def test_somebody_is_asked_where_there_is_something_to_record(
    monkeypatch: pytest.MonkeyPatch, make_database: MakeDatabase, tmp_path: Path
) -> None:
    project = write_history(tmp_path, ABC)
    url = make_database(A_AND_B)
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    answer = call(project, "mark", A, B, "-u", url)
    assert (answer.code, applied(url)) == (2, [])
    assert "record 2 as applied on " in answer.out + answer.err
    refused = call(project, "mark", A, "-u", url)
    assert "record" not in refused.out
    assert "the database is not what these migrations would have made" in refused.err
    monkeypatch.setattr(sys, "stdin", Keyboard("y\n"))
    assert call(project, "mark", A, B, "-u", url).out.endswith(marked(A, B))
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    assert call(project, "mark", A, B, "-u", url).err == "nothing to mark\n"


def test_with_nobody_to_answer_yes_is_required(make_database: MakeDatabase, tmp_path: Path) -> None:
    url = make_database(A_AND_B)
    answer = mark(write_history(tmp_path, ABC), url, "catalog")
    assert (answer.code, answer.out, applied(url)) == (2, "", [])
    assert answer.err.endswith("tools: this asks first, and there is nobody to answer: pass --yes\n")


def test_a_change_while_somebody_thinks_is_seen(
    monkeypatch: pytest.MonkeyPatch, make_database: MakeDatabase, tmp_path: Path
) -> None:
    url = make_database(A_AND_B)
    monkeypatch.setattr(terminal, "confirm", lambda _: rows(url, "drop table b"))
    answer = mark(write_history(tmp_path, ABC), url, "catalog")
    assert (answer.code, applied(url)) == (2, [])
    assert "the database changed after it was compared, so nothing was marked" in answer.err


@pytest.mark.parametrize("arguments", [(), (A, "--from", "catalog")])
def test_ids_and_from_exclude_each_other(arguments: tuple[str, ...], empty_url: str, tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, ABC), "mark", "-u", empty_url, *arguments)
    assert (answer.code, answer.out, answer.err) == (2, "", "tools: write either IDs or --from, and not both\n")
