"""What the commands print: the JSON that other programs rely on, and the text that people read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tiny import A, Answer, B, call, ended, rows, start, wait_for_query, write_history

from tools import catalog
from tools.catalog import Catalog
from tools.config import Project

TABLE = "create table t (\n  id int primary key,\n  title varchar(10) not null default 'x'\n);"


def test_the_json_of_drift_check(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: TABLE})
    assert call(project, "apply", "-u", empty_url).code == 0
    answer = call(project, "drift-check", "-u", empty_url, "-f", "json")
    assert answer.code == 0
    assert json.loads(answer.out) == {
        "same": True,
        "comparisons": [
            {
                "expected": "migrations",
                "actual": "live",
                "pending": [],
                "uncompared": [],
                "differences": [],
                "ignored": [],
            }
        ],
        "unused_ignores": [],
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
                "uncompared": [],
                "differences": [
                    {
                        "change": "changed",
                        "kind": "column",
                        "name": "public.t.title",
                        "facts": {"nullable": {"expected": False, "actual": True}},
                        "where": f"sql/migrations/{A}.sql:3",
                        "file": f"sql/migrations/{A}.sql",
                        "line": 3,
                        "severity": "breaking",
                        "compatible": False,
                        "hint": "alter table public.t alter column title set not null",
                        "note": None,
                    }
                ],
                "ignored": [],
            }
        ],
        "unused_ignores": [],
    }


def test_the_text_of_drift_check(tmp_path: Path, empty_url: str) -> None:
    body = "create function f() returns int language sql as $$\n  select 1\n$$;"
    project = write_history(tmp_path, {A: TABLE, B: body})
    call(project, "apply", "-u", empty_url)
    rows(empty_url, body.replace("create", "create or replace").replace("1", "2"))
    rows(empty_url, "alter table t add column extra int")
    answer = call(project, "drift-check", "--actual", "live", "-u", empty_url)
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "migrations against live: 2 differences",
        "  changed function public.f() [change]",
        "      body: [-expected-] {+actual+}",
        "          select [-1-]{+2+}",
        "      made at sql/migrations/20260102000000_b.sql:1",
        "      to mend: create or replace function public.f() returns integer language sql as $$",
        "                 select 1",
        "               $$",
        "  unexpected column public.t.extra [change]",
        "      to mend: alter table public.t drop column extra",
        "      but mind: its values go with it",
        "2 differences: 2 change",
    ]


NULLS: dict[str, Any] = dict.fromkeys(("id", "file", "line", "column", "detail", "hint", "sqlstate", "state"))


def events(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


def test_the_event_of_a_file_that_failed(tmp_path: Path, empty_url: str) -> None:
    broken = "create table b ();\ndo $$ begin raise 'no' using detail = 'this', hint = 'that'; end $$;"
    project = write_history(tmp_path, {A: (TABLE, "drop table nobody"), B: broken})
    answer = call(project, "apply", "-u", empty_url, "-f", "json")
    done, failed = events(answer)
    assert (answer.code, done["event"], done["id"]) == (2, "applied", A)
    assert failed == {
        "event": "failed",
        "id": B,
        "file": f"sql/migrations/{B}.sql",
        "line": 2,
        "column": 1,
        "message": "no",
        "detail": "this",
        "hint": "that",
        "sqlstate": "P0001",
        "state": "the file before it is applied and stays so; of this one nothing was changed",
    }
    assert f"tools: sql/migrations/{B}.sql:2:1: no (P0001)\n" in answer.err, "the story is told as well"
    back = call(project, "rollback", "--yes", "-u", empty_url, "-f", "json")
    (failed,) = events(back)
    assert (back.code, failed["id"], failed["file"]) == (2, A, f"sql/migrations/{A}.rollback.sql")
    assert (failed["sqlstate"], failed["message"]) == ("42P01", 'table "nobody" does not exist')


def test_the_event_of_a_run_that_could_not_begin(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE})
    for command in ("apply", "rollback", "mark"):
        ids = [A] if command == "mark" else []
        answer = call(project, command, *ids, "--yes", "-u", "postgresql://a:hunter2@127.0.0.1:1/d", "-f", "json")
        reason = "cannot connect to a@127.0.0.1:1/d: Connection refused: check --url or DATABASE_URL"
        assert (answer.code, answer.err) == (2, f"tools: {reason}\n")
        assert events(answer) == [{**NULLS, "event": "failed", "message": reason}]


def test_the_event_of_a_run_that_was_interrupted(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(20)"})
    process = start(project, "apply", "-u", empty_url, "-f", "json")
    wait_for_query(empty_url, "pg_sleep")
    process.terminate()
    answer = ended(process)
    assert answer.code == 143
    assert events(answer) == [{**NULLS, "event": "interrupted", "message": "interrupted"}]


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


def test_what_is_not_compared_is_a_warning_and_with_strict_an_error(tmp_path: Path) -> None:
    project = write_history(tmp_path, {})
    keys = [f"property graph public.g{n:02}" for n in range(12)]
    for name, unread in (("old.json", ()), ("new.json", tuple(keys))):
        (tmp_path / name).write_text(catalog.to_json(Catalog(unread=unread), tool_version="1"), encoding="utf-8")
    words = ("drift-check", "--expected", "old.json", "--actual")
    answer = call(project, *words, "new.json", "-f", "json")
    assert answer.code == 0
    assert answer.err == (f"warning: 12 objects of kinds that are not compared: {', '.join(keys[:10])}, and 2 more\n")
    assert json.loads(answer.out)["comparisons"][0]["uncompared"] == keys
    assert call(project, *words, "new.json", "--strict").code == 2
    assert call(project, *words, "old.json", "--strict") == Answer(
        code=0, out="old.json against old.json: same, 0 objects\n", err=""
    )


def test_the_plan_shows_statements_without_their_comments(tmp_path: Path, empty_url: str) -> None:
    text = "-- Make it.\n-- risk: low\n-- phase: expand\n\ncreate table t ( -- the table\n  id int\n);\n"
    project: Project = write_history(tmp_path, {A: (text, "drop table t")})
    answer = call(project, "plan", "-u", empty_url)
    assert answer.out.splitlines() == [
        f"{A}  (risk low, expand)",
        "    Make it.",
        "    create table t ( id int )",
        f"    way back: {A}.rollback.sql: loses table public.t",
        "1 to apply",
    ]
