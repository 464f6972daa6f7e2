"""The edge to the terminal: streams that are full, closed, or read by nobody."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import AB, A, C, Files, applied, call, ended, relations, rows, start, value, write_history

from tools import database, lock


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_that_cannot_be_written_is_trouble(
    unbuffered: str, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    project = write_history(tmp_path, AB)
    with open("/dev/full", "w", encoding="utf-8") as full:
        answer = ended(start(project, "apply", "-u", empty_url, stdout=full))
        assert answer.code == 2
        sentence = "tools: the system refused: No space left on device: what was done before stays, see tools status\n"
        assert answer.err == sentence
        assert applied(empty_url) == [A]
        assert ended(start(project, "apply", "-u", empty_url, stderr=full)).code == 0
        assert ended(start(project, "apply", "--to", "x", "-u", empty_url, stderr=full)).code == 2, "1 means drift"


def test_what_nobody_opened_is_not_asked_and_not_written_to(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: (AB[A][0], None)})
    arguments = [sys.executable, "-m", "tools", "apply", "-u", empty_url]
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *arguments]
    assert subprocess.run(closed, cwd=project.directory, check=False).returncode == 0
    assert applied(empty_url) == [A]


def test_a_dotenv_that_is_no_text(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    (project.directory / ".env").write_bytes(b"\xff\xfeA=1")
    answer = call(project, "status")
    sentence = "tools: .env is not UTF-8: invalid start byte at byte 0: save it as UTF-8\n"
    assert (answer.code, answer.err) == (2, sentence)


def test_a_limit_of_the_server_is_no_bug(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    assert call(project, "apply", "-u", empty_url).code == 0
    rows(empty_url, f"alter database {value(empty_url, 'select current_database()')} set statement_timeout = '200ms'")
    with database.connect(empty_url) as other, other.transaction():
        other.execute("lock table schema_tools.log")
        answer = call(project, "status", "-u", empty_url)
    said = "the server stopped this: canceling statement due to statement timeout"
    assert (answer.code, answer.err) == (2, f"tools: {said}: try again, or raise the limit that it names\n")


# What a database or a role may be set to, and what our own questions and the files of a run must stand
HOSTILE = (
    "datestyle = 'German, DMY'",
    "intervalstyle = 'sql_standard'",
    "timezone = 'Asia/Kathmandu'",
    "standard_conforming_strings = off",
    "client_encoding = 'latin1'",
    "default_transaction_isolation = 'serializable'",
    "session_replication_role = 'replica'",
    "row_security = off",
    "transform_null_equals = on",
    "quote_all_identifiers = on",
    "lock_timeout = '1ms'",
    "client_min_messages = debug1",
)


@pytest.mark.parametrize("setting", HOSTILE)
def test_a_database_may_be_set_to_anything(setting: str, empty_url: str, tmp_path: Path) -> None:
    files: Files = {**AB, C: ("-- transactional: false\ncreate index concurrently a_id on a (id)", "drop index a_id")}
    project = write_history(tmp_path, files)
    rows(empty_url, f"alter database {value(empty_url, 'select current_database()')} set {setting}")
    for command in ("apply", "drift-check --expected migrations --actual live", "status -f json"):
        answer = call(project, *command.split(), "-u", empty_url)
        assert (answer.code, "unexpected" in answer.err) == (0, False), answer
    times = [one["applied_at"] for one in json.loads(answer.out)["migrations"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", time) for time in times)
    with database.connect(empty_url) as holding:
        assert lock.hold(holding, project)
        answer = call(project, "rollback", "-n", "3", "--yes", "--patience", "0", "-u", empty_url)
    assert re.search(r"tools \(pid \d+, role \w+, for \d+ s\) still holds the lock", answer.err)
    assert call(project, "rollback", "-n", "3", "--yes", "-u", empty_url).code == 0
    assert relations(empty_url) == set()
