"""The lock of a run: one at a time on a database, polled, gone with its session."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from psycopg import errors

from tools import database, ledger
from tools.config import Project
from tools.database import Connection
from tools.envelope import ALIVE
from tools.errors import Trouble
from tools.watch import TELL, how_far

POLL = 0.25  # seconds between two looks at the lock
HOLD = ", ".join(
    [
        "select pg_catalog.pg_try_advisory_lock(%s)",
        *(f"pg_catalog.set_config('{name}', '{value}', false)" for name, value in ALIVE.items()),
    ]
)


def take(
    connection: Connection, project: Project, patience: float, say: Callable[[str], None], tell: Callable[[str], None]
) -> None:
    """Poll for the session's lock: a waiter that blocks inside PostgreSQL would deadlock CREATE INDEX CONCURRENTLY.

    Who holds it is said once, and told again with how far it is; a run that was killed may still build on the server.
    """
    started = told = time.monotonic()
    said = ""
    while not hold(connection, project):
        holder, pid = holder_at_work(connection, project)
        now = time.monotonic()
        if holder.partition(", for")[0] != said:
            said = holder.partition(", for")[0]
            say(f"waiting for {holder}")
        if now - told >= TELL:
            told = now
            at = "no session that can be seen from here" if pid is None else how_far(connection, pid)
            tell(f"waiting for {said.partition(' (')[0]}, pid {pid}: {at}, {now - started:.0f} s")
        if now - started > patience:
            raise Trouble(f"{holder} still holds the lock after {patience:g} s: wait longer with --patience")
        time.sleep(POLL * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)


def hold(connection: Connection, project: Project) -> bool:
    """Take the session's lock if it is free, or ours already."""
    row = connection.execute(HOLD.encode(), [ledger.lock_key(project)]).fetchone()
    return bool(row and row[0])


def create_ledger(connection: Connection, project: Project, patience: float) -> None:
    """Make the ledger where there is none; of several runs that find none, one makes it."""
    if ledger.exists(connection, project):
        return
    started = time.monotonic()
    while not _try_create_ledger(connection, project):
        if time.monotonic() - started > patience:
            raise Trouble(
                f"{holder(connection, project)} still holds the lock after {patience:g} s, and there is no ledger yet:"
                " wait longer with --patience"
            )
        time.sleep(POLL)


def _try_create_ledger(connection: Connection, project: Project) -> bool:
    """Make the ledger under the transaction's lock, which a pooler keeps; False where another run is at it."""
    key = ledger.lock_key(project)
    try:
        with connection.transaction():
            connection.execute("set local client_min_messages = warning; set local lock_timeout = '1s'")
            row = connection.execute("select pg_catalog.pg_try_advisory_xact_lock(%s)", [key]).fetchone()
            free = bool(row and row[0])
            if free and not ledger.exists(connection, project):
                ledger.create(connection, project)
            return free
    except errors.LockNotAvailable:  # somebody reads the log: it gets its new columns by a later run
        return True


def is_locked(connection: Connection, project: Project) -> bool:
    """Tell whether a run is at work on this database."""
    return _holder(connection, project) is not None


def holder(connection: Connection, project: Project) -> str:
    """Return who holds the lock, as far as this role may see it."""
    return holder_at_work(connection, project)[0]


def holder_at_work(connection: Connection, project: Project) -> tuple[str, int | None]:
    """Return who holds the lock, and the process id of that session where this one can see it."""
    row = _holder(connection, project)
    if row is None:
        return "another run", None
    pid, role, application, address, age = row
    place = f" from {address}" if address else ""
    duration = f", for {int(age)} s" if age is not None else ""  # another role's is not shown to all
    return f"{application or 'a session'} (pid {pid}, role {role}{place}{duration})", int(pid)


def _holder(connection: Connection, project: Project) -> tuple[Any, ...] | None:
    key = ledger.lock_key(project) & 0xFFFFFFFFFFFFFFFF
    found = database.ask(
        connection,
        """
        select activity.pid, activity.usename, activity.application_name, activity.client_addr,
          extract(epoch from pg_catalog.clock_timestamp() - activity.backend_start)::float8
        from pg_catalog.pg_locks as lock
        join pg_catalog.pg_stat_activity as activity on activity.pid = lock.pid
        where lock.locktype = 'advisory' and lock.granted and lock.objsubid = 1
          and lock.classid = %(high)s::bigint::oid and lock.objid = %(low)s::bigint::oid
          and lock.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
        """,
        {"high": key >> 32, "low": key & 0xFFFFFFFF},
    )
    return found[0] if found else None
