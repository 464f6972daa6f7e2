"""The lock of a run: one at a time on a database, polled, gone with its session."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from tools import ledger
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble

POLL = 0.25  # seconds between two looks at the lock


def take(connection: Connection, project: Project, patience: float, say: Callable[[str], None]) -> None:
    """Poll for the session's lock: a waiter that blocks inside PostgreSQL would deadlock CREATE INDEX CONCURRENTLY."""
    deadline = time.monotonic() + patience
    key = ledger.lock_key(project)
    said = ""
    while True:
        row = connection.execute("select pg_catalog.pg_try_advisory_lock(%s)", [key]).fetchone()
        if row and row[0]:
            return
        holder = ledger.holder(connection, project)
        if holder.partition(", since")[0] != said:
            say(f"waiting for {holder}")
            said = holder.partition(", since")[0]
        if time.monotonic() > deadline:
            raise Trouble(f"{holder} still holds the lock after {patience:g} s: wait longer with --patience")
        time.sleep(POLL * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)


def create_ledger(connection: Connection, project: Project) -> None:
    """Make the ledger where there is none; of several runs that find none, one makes it."""
    if ledger.exists(connection, project):
        return
    while not _try_create_ledger(connection, project):
        time.sleep(POLL)


def _try_create_ledger(connection: Connection, project: Project) -> bool:
    """Make the ledger under the transaction's lock, which a pooler keeps; False where another run is at it."""
    key = ledger.lock_key(project)
    with connection.transaction():
        row = connection.execute("select pg_catalog.pg_try_advisory_xact_lock(%s)", [key]).fetchone()
        free = bool(row and row[0])
        if free and not ledger.exists(connection, project):
            ledger.create(connection, project)
        return free
