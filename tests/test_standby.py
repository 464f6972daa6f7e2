"""A real standby: it can be looked at, and whoever wants to write is sent to the primary."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from unittest import mock

import pytest
from tiny import AB, A, B, C, applied, call, value, wait_until, write_history

from tools import directories, postmaster, scratch, server
from tools.config import Project
from tools.errors import Trouble


@pytest.fixture(scope="module")
def standby(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Project]]:
    """A standby of a server that is gone, with two migrations applied, and the project."""
    project = write_history(tmp_path_factory.mktemp("standby"), AB)
    binaries = server.find_binaries(scratch.configured(None, None).bindir)
    account = directories.server_account()
    settings = ["--unix_socket_directories={}", "--listen_addresses=", "--max_locks_per_transaction=512"]
    with mock.patch.dict(postmaster.SETTINGS, wal_level="replica"), server.start(binaries=binaries) as running:
        url = running.url("postgres")
        assert call(project, "apply", "-u", url).code == 0
        running.shut_down()
        (running.data / "standby.signal").touch()
        command = [str(running.binaries.postgres), "-D", str(running.data), *settings]
        process = subprocess.Popen(
            [word.format(running.host) for word in command],
            stderr=subprocess.DEVNULL,
            env=postmaster.environment(),
            cwd="/",
            **account.switch,
        )
        try:
            wait_until(lambda: _takes_connections(url))
            yield url, project
        finally:
            process.terminate()
            process.wait(20)


REFUSED = "cannot write the ledger: this server is read-only (a standby?): use the primary's address"


def _takes_connections(url: str) -> bool:
    with suppress(Trouble):
        return bool(value(url, "select pg_is_in_recovery()"))
    return False


def test_it_is_looked_at(standby: tuple[str, Project]) -> None:
    url, project = standby
    assert call(project, "status", "-u", url).out.endswith("2 applied, 0 pending\n")
    assert call(project, "plan", "-u", url).code == 0
    assert call(project, "apply", "-u", url).err == "nothing to apply\n"


def test_it_is_advised_on(standby: tuple[str, Project]) -> None:
    url, project = standby
    answer = call(project, "advise", "-u", url)
    assert (answer.code, answer.err) == (0, "")
    assert "note: this is a standby: it counts its own reads and no writes" in answer.out
    assert "not answered" not in answer.out


def test_what_is_pending_is_measured(standby: tuple[str, Project]) -> None:
    url, project = standby
    path = project.migrations / f"{C}.sql"
    path.write_text("alter table a add column note text", encoding="utf-8")
    answer = call(project, "plan", "-u", url)
    path.unlink()
    assert (answer.code, answer.err) == (0, "")
    assert (
        "        public.a (empty, 0 bytes): AccessExclusiveLock: readers and writers wait for a moment\n" in answer.out
    )
    assert "note: the database is a standby: who holds locks on its primary is not seen from here\n" in answer.out


@pytest.mark.parametrize("text", ["select 1", "-- transactional: false\nvacuum", "-- transactional: own\nvacuum"])
@pytest.mark.parametrize("command", ["apply", "rollback", "mark"])
def test_it_is_not_written_to(command: str, text: str, standby: tuple[str, Project]) -> None:
    url, project = standby
    path = project.migrations / f"{C}.sql"
    path.write_text(text, encoding="utf-8")
    (project.migrations / f"{B}.rollback.sql").write_text(text, encoding="utf-8")
    answer = call(project, command, *([C] if command == "mark" else []), "--yes", "-u", url)
    path.unlink()
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"tools: {REFUSED}\n"
    assert applied(url) == [A, B]
