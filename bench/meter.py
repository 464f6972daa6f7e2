"""What a command costs: wall time, and the CPU time of the command and of its server sessions."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import psycopg
from psycopg import sql

from bench.peers import Address
from tools import directories, postmaster, scratch, server

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # ms
TIMEOUT = 120.0  # seconds; no command of a benchmark may take longer
# The scratch server syncs nothing and lies in memory: fine for proofs, unfair to who commits rarely
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "max_wal_size": "1GB"}
FLUSHES = {  # WAL flushes moved from one view to the other in 18
    True: "select sum(fsyncs) from pg_stat_io where object = 'wal'",
    False: "select wal_sync from pg_stat_wal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds, and how often the log was flushed to disk; `work` is all CPU time, of client and server."""

    wall: float
    client: float
    server: float
    code: int = 0
    flushes: int = 0
    output: str = ""

    @property
    def work(self) -> float:
        """CPU time: on a quiet machine it is the wall time of a client that waits for each answer."""
        return self.client + self.server


class Bench:
    """A durable server of our own, and the commands that are measured on it."""

    def __init__(self, running: server.Server) -> None:
        self._server = running
        self._postmaster = int((running.data / "postmaster.pid").read_text().split()[0])
        self._made = 0

    def address(self, database: str = "postgres") -> Address:
        """Return where a database is."""
        return Address(host=self._server.host, port=self._server.port, database=database)

    def create(self) -> Address:
        """Make an empty database."""
        self._made += 1
        name = f"bench_{self._made}"
        self.ask("postgres", sql.SQL("create database {}").format(sql.Identifier(name)))
        return self.address(name)

    def drop(self, at: Address) -> None:
        """Drop a database."""
        self.ask("postgres", sql.SQL("drop database {} with (force)").format(sql.Identifier(at.database)))

    def ask(self, database: str, question: sql.SQL | sql.Composed) -> list[tuple[object, ...]]:
        """Ask a database one question."""
        with psycopg.connect(self.address(database).url(), autocommit=True) as connection:
            cursor = connection.execute(question)
            return cursor.fetchall() if cursor.description else []

    def version(self) -> str:
        """Return the server's version."""
        return str(self.ask("postgres", sql.SQL("show server_version"))[0][0])

    def measure(self, command: tuple[str, ...], *, count_flushes: bool = False) -> Cost:
        """Run a command to its end, and until its server sessions have ended, too."""
        flushes = self._flushes() if count_flushes else 0
        sessions, spent = self._sessions(), self._spent()
        started = time.perf_counter()
        output, code, client = _run(command)
        wall = (time.perf_counter() - started) * 1000
        deadline = time.monotonic() + 5
        while self._sessions() - sessions and time.monotonic() < deadline:
            time.sleep(0.002)
        server_time = self._spent() - spent
        flushes = self._flushes() - flushes if count_flushes else 0
        return Cost(wall=wall, client=client, server=server_time, code=code, flushes=flushes, output=output)

    def _flushes(self) -> int:
        newer = int(self.version().split(".")[0]) >= 18
        return int(str(self.ask("postgres", sql.SQL(FLUSHES[newer]))[0][0] or 0))

    def _sessions(self) -> set[int]:
        children = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children")
        return {int(pid) for pid in children.read_text().split()}

    def _spent(self) -> float:
        """Return the CPU time of the server's processes, the ended ones included, in ms (clock ticks of 10 ms)."""
        own = _ticks(self._postmaster)
        return (sum(own) + sum(sum(_ticks(pid)[:2]) for pid in self._sessions())) * TICK


@contextmanager
def durable_server() -> Iterator[Bench]:
    """Start the embedded server on disk, with everything synced that PostgreSQL syncs by default."""
    chosen = scratch.configured(None, None)  # TOOLS_SCRATCH_BINDIR takes the programs of another version
    settings = {**postmaster.SETTINGS, **DURABLE}
    with (
        mock.patch.dict(postmaster.SETTINGS, settings),
        mock.patch.object(directories, "ROOM_IN_MEMORY", 2**62),  # no memory has so much room: a disk it is
        server.start(binaries=server.find_binaries(chosen.bindir), max_connections=100) as running,
    ):
        yield Bench(running)


def _run(command: tuple[str, ...]) -> tuple[str, int, float]:
    """Return what it said, its exit code, and its CPU time in ms, that of its own children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        check=False,
        text=True,
        errors="replace",
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, done.returncode, spent * 1000


def _ticks(pid: int) -> tuple[int, int, int, int]:
    """Return user and system time of a process, and of its ended children: fields 14 to 17 of proc(5)'s stat."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0, 0
    user, system, ended_user, ended_system = (int(field) for field in fields[11:15])
    return user, system, ended_user, ended_system
