"""What the commands print: the JSON that other programs rely on, and the text that people read."""

from __future__ import annotations

import json
from pathlib import Path

from tiny import A, B, call, rows, write_history

from tools import report
from tools.changes import Fact
from tools.config import Project
from tools.sources import Comparison

TABLE = "create table t (\n  id int primary key,\n  title varchar(10) not null default 'x'\n);"


def test_the_json_of_drift_check(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLE})
    assert call(project, "apply", "-u", empty_url).code == 0
    answer = call(project, "drift-check", "-u", empty_url, "-f", "json")
    assert answer.code == 0
    assert json.loads(answer.out) == {
        "same": True,
        "comparisons": [{"expected": "migrations", "actual": "live", "pending": [], "differences": []}],
    }
    rows(empty_url, "alter table t alter column title drop not null")
    answer = call(project, "drift-check", "-u", empty_url, "-f", "json")
    assert answer.code == 1
    assert json.loads(answer.out) == {
        "same": False,
        "comparisons": [
            {
                "expected": "migrations",
                "actual": "live",
                "pending": [],
                "differences": [
                    {
                        "change": "changed",
                        "kind": "column",
                        "name": "public.t.title",
                        "facts": {"nullable": {"expected": False, "actual": True}},
                        "where": f"sql/migrations/{A}.sql:3",
                        "severity": "breaking",
                        "compatible": False,
                        "hint": "alter table public.t alter column title set not null",
                    }
                ],
            }
        ],
    }


def test_the_text_of_drift_check(tmp_path: Path, empty_url: str) -> None:
    body = "create function f() returns int language sql as $$\n  select 1\n$$;"
    project = write_history(tmp_path, {A: TABLE, B: body})
    call(project, "apply", "-u", empty_url)
    rows(empty_url, body.replace("create", "create or replace").replace("1", "2"))
    rows(empty_url, "alter table t add column extra int")
    answer = call(project, "drift-check", "--actual", "live", "-u", empty_url)
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert lines[0] == "migrations against live: 2 differences"
    assert "  unexpected column public.t.extra [change]" in lines
    assert "  changed function public.f() [change]" in lines
    assert "        -  select 1" in lines
    assert "        +  select 2" in lines
    assert f"      made at sql/migrations/{B}.sql:1" in lines
    assert sum("made at" in line for line in lines) == 1, "nothing in the files made what is unexpected"


def test_nothing_to_compare_is_a_sentence(tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, {A: TABLE}), "drift-check")
    assert answer.code == 2
    assert "nothing to compare" in answer.err


def test_a_snapshot_is_written_and_compared(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLE})
    assert call(project, "snapshot", "--from", "migrations", "--out", "schema.json").code == 0
    assert call(project, "snapshot", "--from", "migrations").out == (tmp_path / "schema.json").read_text(
        encoding="utf-8"
    )
    rows(empty_url, TABLE)
    words = ("drift-check", "--expected", "schema.json", "--actual", empty_url)
    assert call(project, *words).code == 0
    rows(empty_url, "drop table t")
    assert call(project, *words).code == 1
    assert call(project, "snapshot", "--out", "no/such/folder.json").code == 2


def test_the_order_of_columns_is_shown_where_it_differs() -> None:
    names = [f"c{n}" for n in range(20)]
    moved = [*names[:5], names[6], names[5], *names[7:]]
    (line,) = report._fact("columns", Fact(expected=tuple(names), actual=tuple(moved)))
    assert line == "columns: expected ..., c5, c6, ..., actual ..., c6, c5, ..."


def test_a_comparison_counts_what_it_compared() -> None:
    found = Comparison(expected="a", actual="b", differences=(), objects=3, pending=("x",))
    assert report.comparison(found) == "a against b: same, 3 objects (1 pending, which is no drift)"


def test_the_plan_shows_statements_without_their_comments(tmp_path: Path, empty_url: str) -> None:
    text = "-- Make it.\n-- risk: low\n-- phase: expand\n\ncreate table t ( -- the table\n  id int\n);\n"
    project: Project = write_history(tmp_path, {A: (text, "drop table t")})
    answer = call(project, "plan", "-u", empty_url)
    assert answer.out.splitlines() == [
        f"{A}  (risk low, expand)",
        "    Make it.",
        "    create table t ( id int )",
        "1 to apply",
    ]
