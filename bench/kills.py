"""The ways a run is killed, the moments at which, and what the run was doing then."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg

from bench.mortal import Mortal

Process = subprocess.Popen[str]

# How a killed run may end; a signal that comes before Python has its handlers ends it with the signal's own number
KILLED, REFUSED = (-signal.SIGKILL,), (2,)
LONGEST_AIM = 20.0  # seconds in which the moment that was aimed at must come
SKIPS = (0, 0, 0, 1, 2, 4, 8, 16, 32)  # looks, of somewhat more than a millisecond, to let pass when it has come
# What a session is doing, by words of its query: the first that fits
DOING: Mapping[str, tuple[str, ...]] = {
    "transactional file": ("begin isolation level",),
    "create index concurrently": ("create index concurrently", "create unique index concurrently"),
    "reindex concurrently": ("reindex",),
    "drop index concurrently": ("drop index concurrently",),
    "detach partition concurrently": ("detach partition",),
    "add, validate a constraint": ("not valid", "validate constraint"),
    "own transactions": ("own",),
    "other statement outside": ("into ran", "vacuum", "into parted"),
    "the run's own bookkeeping": ("",),
}
AIMS = tuple(list(DOING)[:7])
NOT_YET, BETWEEN = "no session yet", "between two statements"

ACTIVITY = """
select activity.pid, activity.state, activity.query, progress.phase
from pg_stat_activity as activity
left join pg_stat_progress_create_index as progress on progress.pid = activity.pid
where activity.datname = %s and activity.application_name = 'tools apply' and activity.backend_type = 'client backend'
order by activity.backend_start desc
limit 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The session of a run at one moment; `doing` is a key of DOING, or one of the two moments without a statement."""

    pid: int | None
    doing: str
    phase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to kill a run: `kill` gets the process, the pid of its session and the server."""

    name: str
    kill: Callable[[Process, int | None, Mortal], None]
    codes: tuple[int, ...]


def _signal(number: int) -> Callable[[Process, int | None, Mortal], None]:
    return lambda process, _pid, _server: process.send_signal(number)


def _ask(function: str) -> Callable[[Process, int | None, Mortal], None]:
    def ask(_process: Process, pid: int | None, server: Mortal) -> None:
        server.ask("postgres", f"select {function}({pid or 0})")

    return ask


def _crash(_process: Process, pid: int | None, server: Mortal) -> None:
    if pid:
        server.crash(pid)


WAYS = (
    Way(name="client SIGKILL", kill=_signal(signal.SIGKILL), codes=KILLED),
    Way(name="client SIGTERM", kill=_signal(signal.SIGTERM), codes=(143, -signal.SIGTERM)),
    Way(name="client SIGINT", kill=_signal(signal.SIGINT), codes=(130, -signal.SIGINT)),
    Way(name="pg_terminate_backend", kill=_ask("pg_terminate_backend"), codes=REFUSED),
    Way(name="pg_cancel_backend", kill=_ask("pg_cancel_backend"), codes=REFUSED),
    Way(name="backend SIGKILL", kill=_crash, codes=REFUSED),
    Way(name="postmaster SIGKILL", kill=lambda _process, _pid, server: server.kill(), codes=REFUSED),
)


class Watcher:
    """Looks at a run from another database of the server, whose snapshots no concurrent index build waits for."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
        self._connection, self._database = connection, database

    def look(self) -> Seen:
        """Return what the run is doing."""
        row = self._connection.execute(ACTIVITY, [self._database]).fetchone()
        if row is None:
            return Seen(pid=None, doing=NOT_YET)
        pid, state, query, phase = row
        if state != "active":
            return Seen(pid=int(str(pid)), doing=BETWEEN)
        words = str(query).lower()
        doing = next(name for name, found in DOING.items() if any(word in words for word in found))
        return Seen(pid=int(str(pid)), doing=doing, phase=str(phase or ""))

    def await_moment(self, process: Process, aim: str | None, chance: random.Random, span: float) -> Seen:
        """Wait for a random moment of the whole run, or of the statements aimed at, and return what is seen then."""
        if aim is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.0, span))
            return self.look()
        skip, deadline = chance.choice(SKIPS), time.monotonic() + LONGEST_AIM
        seen = self.look()
        while process.poll() is None and time.monotonic() < deadline:
            skip -= seen.doing == aim
            if skip < 0:
                break
            time.sleep(0.001)
            seen = self.look()
        return seen


@contextmanager
def watching(server: Mortal, database: str) -> Iterator[Watcher]:
    """Watch one run; a crash of the server takes the watcher's connection along."""
    connection = psycopg.connect(server.address().url(), autocommit=True)
    try:
        yield Watcher(connection, database)
    finally:
        with suppress(psycopg.Error):
            connection.close()
