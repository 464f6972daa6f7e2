"""A dry run finds what apply would find, says what it could not try, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny import A, B, C, call, relations, rows, start, value, wait_for_query, write_history

from tools import database, ledger, rehearsal
from tools.errors import Trouble
from tools.failure import Failed
from tools.runner import Options

OUTSIDE = "-- transactional: false\ncreate index concurrently i on a (id)"


def test_nothing_is_left_behind(empty_url: str, tmp_path: Path) -> None:
    project = write_history(
        tmp_path, {A: "create table a (id int)", B: "insert into a values (1); set search_path = x"}
    )
    answer = call(project, "apply", "--dry-run", "-u", empty_url)
    assert answer.code == 0
    assert [line.rpartition(" in ")[0] for line in answer.out.splitlines()] == [
        f"{A}: would apply",
        f"{B}: would apply",
    ]
    assert relations(empty_url) == set()
    assert value(empty_url, "select to_regnamespace('schema_tools')") is None


def test_what_runs_outside_a_transaction_is_not_tried_nor_what_follows(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int)", B: OUTSIDE, C: "drop index i"})
    tried = rehearsal.rehearse(empty_url, project, Options())
    assert [(one.id, one.reason) for one in tried] == [
        (A, None),
        (B, "it runs outside a transaction"),
        (C, f"{B} before it was not tried"),
    ]
    answer = call(project, "apply", "--dry-run", "-u", empty_url, "-f", "json")
    events = [json.loads(line) for line in answer.out.splitlines()]
    assert [event["event"] for event in events] == ["would_apply", "not_tried", "not_tried"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("create table a (id int);\nselect 1/0", r"_b\.sql:2:1: division by zero"),
        (
            "create table p (id int primary key);\n"
            "create table c (id int references p deferrable initially deferred);\ninsert into c values (1);",
            'violates foreign key constraint "c_id_fkey"',
        ),
    ],
)
def test_a_failure_is_found_where_it_stands(text: str, sentence: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select 1", B: text})
    with pytest.raises(Failed, match=sentence) as caught:
        rehearsal.rehearse(empty_url, project, Options())
    assert str(caught.value).endswith("nothing was changed: this was a dry run")
    assert relations(empty_url) == set()


def test_a_running_apply_is_not_disturbed(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(20)"})
    process = start(project, "apply", "-u", empty_url)
    pid = wait_for_query(empty_url, "pg_sleep")
    with pytest.raises(Trouble, match=r"tools apply \(pid .* is at work"):
        rehearsal.rehearse(empty_url, project, Options())
    rows(empty_url, f"select pg_terminate_backend({pid})")
    process.communicate()


def test_nothing_to_do_is_said_and_nobody_is_waited_for(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select 1"})
    call(project, "apply", "-u", empty_url)
    with database.connect(empty_url, application="tests") as other:
        other.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        assert call(project, "apply", "--dry-run", "-u", empty_url).err == "nothing to apply\n"


def test_how_long_each_file_took(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(0.2)", B: "select 1"})
    slow, quick = rehearsal.rehearse(empty_url, project, Options())
    assert quick.milliseconds < slow.milliseconds < 20_000
    assert slow.milliseconds >= 200
