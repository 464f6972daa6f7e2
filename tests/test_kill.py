"""Killed at any moment, client or server: the next run completes, and nothing ran twice."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny import (
    A,
    B,
    applied,
    call,
    ended,
    relations,
    rows,
    start,
    value,
    wait_for_query,
    wait_until,
    write_history,
)

from tools import catalog, database, drift, migrations, runner, scratch
from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble
from tools.runner import Applied, Options

KILLS = 100

# What the files work on, and a table that counts how often each of them ran
GROUND = """
create table ran (name text);
create table big (id int, email text);
insert into big select n, 'user' || n || '@example.com' from generate_series(1, 50000) as n;
"""
FILES = {
    "20260101000000_table": "insert into ran values ('table'); create table t1 (id int primary key, note text);",
    "20260102000000_rows": "insert into ran values ('rows'); insert into t1 select generate_series(1, 99);",
    "20260103000000_index": "-- transactional: false\ncreate index concurrently big_id on big (id, email);\n",
    "20260104000000_sleep": "insert into ran values ('sleep'); select pg_sleep(0.03); alter table t1 add due date;",
    "20260105000000_mixed": (
        "-- transactional: false\n"
        "insert into ran values ('mixed');\n"
        "create unique index concurrently big_email on big (email);\n"
        "insert into ran values ('mixed again');\n"
        "create index concurrently big_lower on big (lower(email));\n"
    ),
    "20260106000000_check": "insert into ran values ('check'); alter table t1 add constraint t1_note check (id > 0)",
}
# Loads all modules once, then forks for each URL it reads a process that applies; says its pid, and how it ended
DRIVER = """
import os, sys
from pathlib import Path
import pglast, yoyo.backends.core.postgresql
from tools import config, runner
project = config.load(Path(sys.argv[1]))
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        try:
            runner.apply(line.strip(), project, runner.Options(patience=30.0))
        except BaseException:
            os._exit(2)
        os._exit(0)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


def read(url: str) -> Catalog:
    with database.connect(url, application="tests") as connection:
        return catalog.read(connection)


@contextlib.contextmanager
def driving(directory: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", DRIVER, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    write_history(tmp_path, FILES)
    with driving(tmp_path) as process:
        yield process


def run(driver: subprocess.Popen[str], url: str, *, kill_after: float = 60.0) -> bool:
    """Apply in a process that is killed after so many seconds; False where it was done before, as it should be."""
    assert driver.stdin is not None
    assert driver.stdout is not None
    driver.stdin.write(f"{url}\n")
    pid = int(driver.stdout.readline())
    if not select.select([driver.stdout], [], [], kill_after)[0]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    status = int(driver.stdout.readline())
    assert status in (0, signal.SIGKILL)
    return status != 0


@pytest.mark.slow
def test_killed_a_hundred_times_at_random_moments(cluster: scratch.Cluster, driver: subprocess.Popen[str]) -> None:
    undisturbed = cluster.create()
    rows(undisturbed, GROUND)
    started = time.monotonic()
    assert not run(driver, undisturbed)
    span = time.monotonic() - started
    expected, counted = read(undisturbed), sorted(rows(undisturbed, "select name from ran"))
    seeded = random.Random(20260101)
    kills = halfway = 0
    while kills < KILLS:
        url = cluster.create()
        rows(url, GROUND)
        while run(driver, url, kill_after=seeded.uniform(0.0, span)):
            kills += 1
            halfway += 0 < len(applied(url)) < len(FILES)
            span *= 1.05
        span *= 0.8  # four of five runs are killed, however busy the machine is
        assert applied(url) == sorted(FILES)
        assert drift.diff(expected, read(url)) == ()
        assert sorted(rows(url, "select name from ran")) == counted
        assert value(url, "select count(*) from schema_tools.log where finished_at is not null") == len(FILES)
        cluster.drop(url)
    cluster.drop(undisturbed)
    assert halfway > KILLS / 10, "the kills missed the history"


@pytest.mark.slow
def test_killed_a_hundred_times_over_the_history_of_this_repository(cluster: scratch.Cluster, project: Project) -> None:
    ids = sorted(migration.id for migration in migrations.read(project))
    contract = (project.external / "better_auth.sql").read_text(encoding="utf-8")
    expected = read(cluster.url(str(cluster.replayed)))
    seeded = random.Random(20260622)
    kills, span, halfway = 0, 0.3, set()
    with driving(project.directory) as driver:
        while kills < KILLS:
            url = cluster.create()
            rows(url, contract)
            while run(driver, url, kill_after=seeded.uniform(0.0, span)):
                kills += 1
                halfway.add(len(applied(url)))
                span *= 1.05
            span *= 0.8
            assert applied(url) == ids
            assert drift.diff(expected, read(url)) == ()
            assert value(url, "select count(*) from schema_tools.log where finished_at is not null") == len(ids)
            cluster.drop(url)
    assert len(halfway - {0, len(ids)}) > 10, f"the kills missed the history: {halfway}"


@pytest.mark.parametrize(
    ("text", "words", "state"),
    [
        ("create table a (id int); select pg_sleep(20)", "pg_sleep", "the connection was lost: see tools status"),
        (
            "-- transactional: false\ncreate table a (id int);\ncreate index concurrently i on big (id)",
            "create index",
            "the statement before it is done and stays so; an index that this one may have left invalid is no harm:"
            " apply again builds it",
        ),
    ],
)
def test_a_server_session_that_is_killed(text: str, words: str, state: str, empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, GROUND)
    project = write_history(tmp_path, {A: text})
    with database.connect(empty_url) as writer:
        writer.execute("begin; insert into big values (0)")
        process = start(project, "apply", "-u", empty_url)
        pid = wait_for_query(empty_url, words)
        if "index" in words:
            wait_until(lambda: rows(empty_url, "select 1 from pg_index where indexrelid = to_regclass('i')"))
        rows(empty_url, f"select pg_terminate_backend({pid})")
        answer = ended(process)
        writer.execute("rollback")
    assert answer.code == 2
    assert "terminating connection due to administrator command (57P01)" in answer.err
    assert answer.err.endswith(f"{state}\n")
    assert applied(empty_url) == []
    assert relations(empty_url) == ({"ran", "big"} if "sleep" in words else {"ran", "big", "a", "i"})
    write_history(tmp_path, {A: text.replace("select pg_sleep(20)", "")})
    assert call(project, "apply", "-u", empty_url).code == 0
    assert applied(empty_url) == [A]


STOPPED = "the run was stopped: {}: what tools status shows as applied is done, and the same command does the rest"


def test_a_session_that_is_killed_between_two_files(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int)", B: "-- transactional: false\nselect 1"})
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tools apply'"

    def stop(_: Applied) -> None:
        rows(empty_url, kill)

    with pytest.raises(Trouble) as caught:
        runner.apply(empty_url, project, Options(), listen=stop)
    assert str(caught.value) == STOPPED.format("terminating connection due to administrator command")
    assert applied(empty_url) == [A]
    assert [one.id for one in runner.apply(empty_url, project, Options())] == [B]


def test_a_question_to_the_ledger_that_is_cancelled(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int)", B: "-- transactional: false\nselect 1"})
    runner.apply(empty_url, project, Options(), to=A)
    with database.connect(empty_url) as other:
        other.execute("begin; lock table schema_tools.log")
        process = start(project, "apply", "-u", empty_url)
        rows(empty_url, f"select pg_cancel_backend({wait_for_query(empty_url, 'schema_tools.log')})")
        answer = ended(process)
        other.execute("rollback")
    assert (answer.code, answer.err) == (2, f"tools: {STOPPED.format('canceling statement due to user request')}\n")
    assert [one.id for one in runner.apply(empty_url, project, Options())] == [B]


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_cancels_the_statement(number: int, code: int, word: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int); select pg_sleep(20)"})
    process = start(project, "apply", "-u", empty_url)
    pid = wait_for_query(empty_url, "pg_sleep")
    process.send_signal(number)
    answer = ended(process)
    assert answer.code == code
    assert f"{word}: the running statement was cancelled and its transaction rolled back, unless" in answer.err
    wait_until(lambda: not rows(empty_url, f"select 1 from pg_stat_activity where pid = {pid}"), seconds=10)
    assert (applied(empty_url), relations(empty_url)) == ([], set())
