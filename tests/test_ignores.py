"""The project's ``.driftignore``: what it names is left out with all that belongs to it, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tiny import A, B, call, rows, value, write_history

from tools import database, ignores, runner, scratch, sources
from tools.config import Project

TABLES = "create table a (id int primary key, note text); create table b (id int)"
# Lines of the file, what is done to the tables by hand, the differences that stay, how many were left out
SCENES = [
    ("", "create table c (id int)", ["unexpected table public.c"], 0),
    ("table public.c # a trial", "create table c (id int primary key); create index on c (id)", [], 1),
    ("table public.? # a trial", "create table c (id int); create table cc (id int)",
     ["unexpected table public.cc"], 1),
    ("* public.c* # a trial", "create table c (id int); create view cc as select 1 as one", [], 2),
    ("table public.a # ours",
     "alter table a drop column note; create index on a (id); comment on table a is 'x'", [], 3),
    ("table public.a # ours", "alter table b add note text", ["unexpected column public.b.note"], 0),
    ("index public.tmp_* # a trial", "create index tmp_1 on a (note); comment on index tmp_1 is 'x'", [], 1),
    ("index public.tmp_* # a trial", "create table tmp_1 (id int)", ["unexpected table public.tmp_1"], 0),
    ("unexpected table public.* # more", "create table c (id int); drop table b", ["missing table public.b"], 1),
    ("missing table public.* # less", "create table c (id int); drop table b", ["unexpected table public.c"], 1),
    ("changed column public.a.* # they", "alter table a alter note set not null, add more int",
     ["unexpected column public.a.more"], 1),
    ("table.options public.* # tuned by hand", "alter table a set (fillfactor = 70)", [], 1),
    ("table.options public.* # tuned by hand", "alter table a set (fillfactor = 70), enable row level security",
     ["changed table public.a"], 0),
    ("table.options public.a # tuned by hand", "alter table a add more int", ["unexpected column public.a.more"], 0),
    ("materialized view public.* # of the reports", "create materialized view m as select 1 as one", [], 1),
    ("schema spare # theirs", "create schema spare; create table spare.x (id int)", [], 1),
    ("function public.f(integer, text) # theirs",
     "create function f(int, text) returns int language sql as 'select 1'", [], 1),
    ("index public.late until 2999-12-31 # a trial", "create index late on a (note)", [], 1),
    ("index public.late until 2020-12-31 # a trial", "create index late on a (note)",
     ["unexpected index public.late"], 0),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "change", "left", "count"), SCENES, ids=[f"{s[0]}|{s[1]}" for s in SCENES])
def test_what_is_named_is_left_out(
    lines: str, change: str, left: list[str], count: int, tmp_path: Path, make_database: Callable[[str], str]
) -> None:
    project = write_history(tmp_path, {A: TABLES})
    (tmp_path / ".driftignore").write_text(f"# ours\n\n{lines}\n", encoding="utf-8")
    url = make_database(f"{TABLES}; {change}")
    with sources.reader(project, scratch.configured(None, None)) as reader:
        found = reader.compare("migrations", url)
    assert [f"{one.change} {one.kind} {one.name}" for one in found.differences] == left
    assert len(found.ignored) == count


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("table public.x", ".driftignore:2: cannot read 'table public.x': write KIND NAME # REASON"),
        ("table public.x #", ".driftignore:2: cannot read"),
        ("tables public.x # why", ".driftignore:2: cannot read"),
        ("table # why", ".driftignore:2: cannot read"),
        ("table.colour public.x # why", ".driftignore:2: table has no fact colour: it has access_method, columns,"),
        ("table public.x until tomorrow # why", ".driftignore:2: until takes a day like 2026-12-31, not 'tomorrow'"),
    ],
)
def test_a_malformed_line_is_a_sentence(line: str, sentence: str, tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLES})
    (tmp_path / ".driftignore").write_text(f"\n{line}\n", encoding="utf-8")
    answer = call(project, "drift-check", "--actual", empty_url)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err


def test_a_fact_that_is_named_is_not_shown_beside_others(tmp_path: Path, make_database: Callable[[str], str]) -> None:
    project = write_history(tmp_path, {A: TABLES})
    (tmp_path / ".driftignore").write_text("table.options public.* # tuned by hand\n", encoding="utf-8-sig")
    url = make_database(f"{TABLES}; alter table a set (fillfactor = 70), enable row level security")
    with sources.reader(project, scratch.configured(None, None)) as reader:
        (found,) = reader.compare("migrations", url).differences
    assert set(found.facts) == {"row_security"}


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLES})
    (tmp_path / ".driftignore").write_bytes(b"table public.x # \xff")
    answer = call(project, "drift-check", "--actual", empty_url)
    assert (answer.code, answer.out) == (2, "")
    assert "cannot read .driftignore: 'utf-8' codec can't decode" in answer.err


def test_an_entry_ends_after_its_day(tmp_path: Path) -> None:
    (tmp_path / ".driftignore").write_text("index x until 2026-12-31 # trial\nindex y # for ever\n", encoding="utf-8")
    entries = ignores.read(Project(directory=tmp_path))
    assert ignores.expired(entries, date(2026, 12, 31)) == ()
    assert ignores.expired(entries, date(2027, 1, 1)) == entries[:1]


def test_the_report_counts_and_tells_what_is_unused_and_expired(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLES})
    lines = ["table public.c # a trial", "table public.gone # was here", "table public.d until 2020-01-01 # over"]
    (tmp_path / ".driftignore").write_text("\n".join(lines), encoding="utf-8")
    rows(empty_url, f"{TABLES}; create table c (id int)")
    words = ("drift-check", "--expected", "migrations", "--actual", empty_url)
    answer = call(project, *words)
    assert answer.code == 0
    assert answer.out.endswith("0 differences; 1 difference ignored by .driftignore\n")
    assert answer.err.splitlines() == [
        "note: .driftignore:3: expired, so what it names is drift again: table public.d until 2020-01-01 # over",
        "note: .driftignore:2: names nothing that is there: remove it: table public.gone # was here",
    ]
    answer = call(project, *words, "-f", "json")
    found = json.loads(answer.out)
    assert (found["same"], found["unused_ignores"]) == (True, [".driftignore:2"])
    assert [one["name"] for one in found["comparisons"][0]["ignored"]] == ["public.c"]


def test_an_entry_for_what_is_as_it_should_be_is_not_called_unused(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLES})
    (tmp_path / ".driftignore").write_text("table public.b # tuned by hand\n", encoding="utf-8")
    rows(empty_url, TABLES)
    words = ("drift-check", "--expected", "migrations", "--actual", empty_url)
    answer = call(project, *words)
    assert (answer.code, answer.err) == (0, "")
    assert call(project, *words, "--sql").out.endswith("0 to mend\n-- nothing to do\n")


def test_what_a_pending_file_may_make_is_not_to_be_removed(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLES, B: "create table e (id int)"})
    (tmp_path / ".driftignore").write_text("table public.of_e # what e brings\n", encoding="utf-8")
    runner.apply(empty_url, project, runner.Options(), to=A)
    answer = call(project, "drift-check", "--actual", "live", "-u", empty_url)
    assert (answer.code, answer.err.splitlines()[0]) == (
        0,
        "note: .driftignore:1: names nothing that is there yet: table public.of_e # what e brings",
    )


def test_what_cannot_be_named_is_not_called_unused(tmp_path: Path, make_database: Callable[[str], str]) -> None:
    """Two databases of somebody else's are compared: our entries name nothing there, and are needed all the same."""
    project = write_history(tmp_path, {A: TABLES})
    (tmp_path / ".driftignore").write_text("table public.c # a trial\n", encoding="utf-8")
    answer = call(project, "drift-check", "--expected", make_database(""), "--actual", make_database(""))
    assert (answer.code, answer.err) == (0, "")


def test_mark_leaves_out_what_is_ignored(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLES})
    rows(empty_url, f"{TABLES}; create table c (id int)")
    assert call(project, "mark", A, "-u", empty_url).code == 2
    (tmp_path / ".driftignore").write_text("table public.c # a trial\n", encoding="utf-8")
    assert call(project, "mark", A, "-u", empty_url).code == 0


@pytest.fixture
def months(conn: database.Connection) -> database.Connection:
    """A live database in which the function has made partitions, as it does every month."""
    conn.execute("select create_audit_log_partition('2027-01-01'), create_audit_log_partition('2027-02-01')")
    return conn


def test_next_months_partition_is_no_drift(months: database.Connection, database_url: str, project: Project) -> None:
    assert value(database_url, "select to_regclass('audit_log_2027_02') is not null")
    words = ("drift-check", "--expected", "migrations", "--actual", "live", "--url", database_url)
    answer = call(project, *words)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[-1] == "0 differences; 2 differences ignored by .driftignore"
    months.execute("drop table audit_log_2026_06")
    answer = call(project, *words)
    assert answer.code == 1, "a month that the migrations made, and that is gone, is drift"
    assert "missing table public.audit_log_2026_06" in answer.out
