"""A second pair of eyes: while a statement takes long, who blocks it, and how far it is.

One thread a run, with a connection of its own that is opened when the first statement takes long: a run of quick files
costs nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tools import database
from tools.database import Connection
from tools.errors import Trouble

PATIENCE = 0.1  # seconds before a statement is looked at; half of the default lock_timeout
PERIOD = 0.05  # seconds between two looks for a blocker: the last one must fall inside the lock_timeout
TELL = 1.0  # seconds between two lines of progress

# https://www.postgresql.org/docs/current/functions-info.html: the sessions that hold, or wait before us for, our lock
BLOCKERS = """
select activity.pid, activity.usename, activity.application_name, activity.state,
  extract(epoch from pg_catalog.clock_timestamp() - activity.xact_start)::float8,
  pg_catalog.left(pg_catalog.regexp_replace(activity.query, '\\s+', ' ', 'g'), 80)
from pg_catalog.unnest(pg_catalog.pg_blocking_pids(%(pid)s)) as blocker (pid)
join pg_catalog.pg_stat_activity as activity on activity.pid = blocker.pid
order by activity.xact_start
limit 3
"""
# https://www.postgresql.org/docs/current/progress-reporting.html
PROGRESS = """
select what, phase, done, total
from (
  select pid, 'create index', phase,
    case when blocks_total > 0 then blocks_done when tuples_total > 0 then tuples_done else lockers_done end,
    case when blocks_total > 0 then blocks_total when tuples_total > 0 then tuples_total else lockers_total end
  from pg_catalog.pg_stat_progress_create_index
  union all
  select pid, 'vacuum', phase, heap_blks_scanned, heap_blks_total from pg_catalog.pg_stat_progress_vacuum
  union all
  select pid, 'rewrite', phase, heap_blks_scanned, heap_blks_total from pg_catalog.pg_stat_progress_cluster
  union all
  select pid, 'analyze', phase, sample_blks_scanned, sample_blks_total from pg_catalog.pg_stat_progress_analyze
  union all
  select pid, 'copy', type, bytes_processed, bytes_total from pg_catalog.pg_stat_progress_copy
) as progress (pid, what, phase, done, total)
where pid = %(pid)s
"""


class Watch:
    """Watches one session; `blocker` is who was last seen to block the statement that `during` was opened for."""

    def __init__(self, pid: int, connect: Callable[[], Connection], tell: Callable[[str], None]) -> None:
        self.blocker: str | None = None
        self._pid, self._connect, self._tell = pid, connect, tell
        self._begun = threading.Event()
        self._ended = threading.Event()
        self._closed = False
        self._what = ""
        self._thread: threading.Thread | None = None

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Watch while the block runs; `what` is how the lines of progress call it."""
        self.blocker, self._what = None, what
        self._ended.clear()
        self._begun.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="tools watch", daemon=True)
            self._thread.start()
        try:
            yield
        finally:
            self._begun.clear()
            self._ended.set()

    def close(self) -> None:
        """End the thread and its connection."""
        self._closed = True
        self._ended.set()
        self._begun.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        connection: Connection | None = None
        while self._begun.wait() and not self._closed:
            if self._ended.wait(PATIENCE):
                continue
            try:
                connection = connection or self._connect()
                self._look(connection)
            except (psycopg.Error, Trouble):  # no connection to spare, no right: the run goes on unwatched
                connection = None
                self._ended.wait()
        if connection is not None:
            connection.close()

    def _look(self, connection: Connection) -> None:
        """Look until the statement ends."""
        started = told = time.monotonic()
        while True:
            blocker = blockers(connection, self._pid)
            if blocker:
                self.blocker = blocker
            now = time.monotonic()
            if now - told >= TELL:
                told = now
                at = _how_far(connection, self._pid, blocker)
                self._tell(f"{self._what}: {at}, {now - started + PATIENCE:.0f} s")
            if self._ended.wait(PERIOD):
                return


def how_far(connection: Connection, pid: int) -> str:
    """Return what a session is at: how far its statement is, and who blocks it."""
    return _how_far(connection, pid, blockers(connection, pid))


def blockers(connection: Connection, pid: int) -> str | None:
    """Return who holds the lock that a session waits for."""
    return "; ".join(_blocker(row) for row in database.ask(connection, BLOCKERS, {"pid": pid})) or None


def _how_far(connection: Connection, pid: int, blocker: str | None) -> str:
    found = database.ask(connection, PROGRESS, {"pid": pid})
    if found:
        what, phase, done, total = found[0]
        if phase is None:  # https://www.postgresql.org/docs/current/monitoring-stats.html: another role's
            return f"{what}, its progress is not shown to this role"
        percent = f" {100 * done // total} %" if total else ""
        return f"{what}, {phase}{percent}" + (f", waits for {blocker}" if blocker else "")
    return f"waits for {blocker}" if blocker else "running"


def _blocker(row: tuple[Any, ...]) -> str:
    """Return one blocker as a person would look for it."""
    pid, role, application, state, age, query = row
    since = f", in its transaction for {age:.0f} s" if age is not None else ""
    return (
        f"pid {pid} ({application or 'no application name'}, role {role}, {state or 'state unknown'}{since}: {query})"
    )
