"""A server that syncs all that PostgreSQL syncs by default, may be killed at any moment, and starts again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from bench.peers import Address
from tools import directories, postmaster, scratch, server
from tools.errors import Trouble

# What the scratch server leaves out because nothing on it is kept, and what a server in production has
SETTINGS = {
    **postmaster.SETTINGS,
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "max_wal_size": "1GB",
    "autovacuum": "on",
    "max_worker_processes": "8",
    "max_parallel_workers": "8",
    "max_connections": "100",
    "listen_addresses": "",
}
PATIENCE = 60.0  # seconds for crash recovery
NOTICED = 5.0  # seconds in which the postmaster has noticed that a child of it crashed


class Mortal:
    """A running server; after `kill()`, or the crash of a session, `recover()` waits until it is back."""

    def __init__(self, running: server.Server, template: Path) -> None:
        self._server, self._template = running, template
        more = {"port": str(running.port), "unix_socket_directories": running.host}
        since = [settings for major, settings in postmaster.SINCE.items() if running.binaries.major >= major]
        self._settings = {**SETTINGS, **more, **{name: value for settings in since for name, value in settings.items()}}
        self._orphans: list[int] = []
        running.run(template, self._settings)

    def address(self, database: str = "postgres") -> Address:
        """Return where a database is."""
        return Address(host=self._server.host, port=self._server.port, database=database)

    def ask(self, database: str, question: str) -> list[tuple[Any, ...]]:
        """Ask a database one question, or give it orders."""
        with psycopg.connect(self.address(database).url(), autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        """Kill the postmaster, which leaves its children to notice; it is stopped first, so that it has no new ones."""
        pid = self._postmaster()
        os.kill(pid, signal.SIGSTOP)
        self._orphans = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        os.kill(pid, signal.SIGKILL)

    def crash(self, pid: int) -> None:
        """Kill a session's process; return when the server ends all others, and before it takes connections again."""
        with (
            closing(psycopg.connect(self.address().url(), autocommit=True)) as witness,
            suppress(OSError, psycopg.Error),
        ):
            os.kill(pid, signal.SIGKILL)
            deadline = time.monotonic() + NOTICED  # a session that had ended by itself is no crash
            while time.monotonic() < deadline:
                witness.execute("select 1")
                time.sleep(0.01)

    def recover(self) -> None:
        """Return when the server takes connections again; a killed one is started, once its last child is gone."""
        if self._orphans:
            _wait_until(lambda: not any(_lives(pid) for pid in self._orphans))
            self._orphans = []
            with suppress(Trouble):  # it did not shut down cleanly: we know
                self._server.shut_down()
            (self._server.data / "postmaster.pid").unlink()  # nobody is left that it could protect
            self._server.run(self._template / "nothing", self._settings)
        _wait_until(self._answers)

    def _postmaster(self) -> int:
        return int((self._server.data / "postmaster.pid").read_text().split()[0])

    def _answers(self) -> bool:
        try:
            self.ask("postgres", "select 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def mortal_server() -> Iterator[Mortal]:
    """Start the embedded server, or that of TOOLS_SCRATCH_BINDIR, on disk."""
    binaries = server.find_binaries(scratch.configured(None, None).bindir)
    with (
        mock.patch.object(directories, "ROOM_IN_MEMORY", 2**62),  # no memory has so much room: a disk it is
        server.start(binaries=binaries) as first,
        server.Server(binaries=first.binaries, account=directories.server_account()) as running,
    ):
        first.shut_down()  # it leaves a data directory to copy
        (first.data.parent / "nothing" / "data").mkdir(parents=True)
        (first.data.parent / "nothing").chmod(0o755)
        yield Mortal(running, first.data.parent)


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _wait_until(question: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            raise SystemExit("the server did not come back")
        time.sleep(0.01)
