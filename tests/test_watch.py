"""What is said while a statement takes long: who blocks it, how far it is; and nothing where it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny import A, applied, call, rows, value, wait_for_query, wait_until, write_history

from tools import database, runner, terminal, watch
from tools.failure import Failed
from tools.runner import Options


@contextmanager
def locked(url: str, statement: str) -> Iterator[int]:
    """Hold a lock in a transaction of another session, and give its pid."""
    with database.connect(url, application="a report") as other:
        other.execute("begin")
        other.execute(statement.encode())
        yield other.info.backend_pid
        other.execute("rollback")


def test_who_holds_the_lock_is_named_at_each_miss_and_at_the_end(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: "alter table t add note text"})
    said: list[str] = []
    options = Options(patience=1.0)
    with locked(empty_url, "select * from t") as pid, pytest.raises(Failed) as caught:
        runner.apply(empty_url, project, options, say=said.append, tell=said.append)
    holder = f"held by pid {pid} (a report, role postgres, idle in transaction, in its transaction for "
    assert any(f"{A}: canceling statement due to lock timeout, {holder}" in line for line in said), said
    assert holder in str(caught.value)
    assert "select * from t" in str(caught.value)
    assert str(caught.value).endswith("nothing was changed")
    assert applied(empty_url) == []


def test_progress_is_told_while_a_statement_takes_long(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(1.6)"})
    told: list[str] = []
    runner.apply(empty_url, project, Options(), tell=told.append)
    assert told == [f"{A}: running, 1 s"]


def test_a_concurrent_build_says_what_it_waits_for(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: "-- transactional: false\ncreate index concurrently i on t (id)"})
    told: list[str] = []
    with database.connect(empty_url, application="a report") as other:
        other.execute("begin; insert into t values (1)")
        threading.Timer(1.8, lambda: other.execute("commit")).start()
        runner.apply(empty_url, project, Options(), tell=told.append)
    assert any("create index, waiting for writers before build" in line and "a report" in line for line in told), told
    assert value(empty_url, "select indisvalid from pg_index where indexrelid = 'i'::regclass")


def test_no_session_of_a_watch_outlives_its_run(empty_url: str, tmp_path: Path) -> None:
    watching = "select pid from pg_stat_activity where application_name = 'tools watch'"
    watching += " and datname = current_database()"
    until_watched = f"""do $$ begin
        for n in 1..200 loop
            exit when exists ({watching});
            perform pg_sleep(0.05), pg_stat_clear_snapshot();
        end loop;
    end $$"""
    project = write_history(tmp_path, {A: f"{until_watched}; create table seen as {watching}"})
    runner.apply(empty_url, project, Options(), tell=lambda _: None)
    assert value(empty_url, "select count(*) from seen") == 1
    wait_until(lambda: not rows(empty_url, watching), seconds=5)


@pytest.fixture
def opened(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose connections are opened, once the database is there."""
    names: list[str] = []
    connect = database.connect

    def count(url: str, *, application: str = "tools") -> database.Connection:
        names.append(application)
        return connect(url, application=application)

    monkeypatch.setattr(database, "connect", count)
    return names


def test_quick_files_are_not_watched(
    opened: list[str], empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 5.0)
    runner.apply(empty_url, write_history(tmp_path, {A: "select 1"}), Options(), tell=opened.append)
    assert opened == ["tools apply"]


def test_between_two_statements_a_watch_costs_nothing() -> None:
    watching = watch.Watch(0, lambda: pytest.fail("it was opened"), lambda _: None)
    with watching.during("a quick one"):
        pass
    before = time.process_time()
    time.sleep(0.5)
    spent = time.process_time() - before
    watching.close()
    assert spent < 0.1


def test_nobody_watches_where_nobody_is_told(opened: list[str], empty_url: str, tmp_path: Path) -> None:
    runner.apply(empty_url, write_history(tmp_path, {A: "select pg_sleep(0.3)"}), Options())
    assert opened == ["tools apply"]


def test_a_watch_that_cannot_connect_is_no_reason_to_stop(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(0.3)"})
    connect = database.connect

    def refuse(url: str, *, application: str = "tools") -> database.Connection:
        return connect("host=127.0.0.1 port=1" if application == "tools watch" else url, application=application)

    monkeypatch.setattr(database, "connect", refuse)
    runner.apply(empty_url, project, Options(), tell=lambda _: None)
    assert applied(empty_url) == [A]


@pytest.mark.parametrize("header", ["", "-- transactional: false\n"])
def test_a_statement_that_takes_too_long_is_ended(header: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{header}select pg_sleep(20)"})
    answer = call(project, "apply", "-u", empty_url, "--statement-timeout", "0.2")
    assert answer.code == 2
    assert "canceling statement due to statement timeout (57014)" in answer.err
    assert answer.err.endswith("nothing was changed\n")
    assert applied(empty_url) == []


def test_the_lock_of_another_run_is_no_blocker_of_ours(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(0.8)"})
    thread = threading.Thread(target=runner.apply, args=(empty_url, project, Options()))
    thread.start()
    wait_for_query(empty_url, "pg_sleep")
    said: list[str] = []
    runner.apply(empty_url, project, Options(), say=said.append, tell=said.append)
    thread.join()
    assert len(said) == 1
    assert said[0].startswith("waiting for tools apply (pid ")


def test_lines_of_progress_are_rare_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_told", 0.0)
    for number in range(5):
        terminal.tell(f"line {number}")
    assert capsys.readouterr().err == "line 0\n"


def test_a_line_of_progress_renews_itself_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_told", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    terminal.tell("one")
    terminal.tell("two")
    terminal.say("done")
    terminal.say("more")
    assert capsys.readouterr().err == "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[Kdone\nmore\n"
