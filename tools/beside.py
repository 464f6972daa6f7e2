"""Watches a statement that runs outside a transaction: what it locks is seen from a second session.

A third one stands in its way, first with the strongest lock on its tables, then with weaker ones and an old snapshot:
so a statement that is done in a moment shows what it asks for at each of its steps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from tools import database
from tools.database import Connection
from tools.effects import QUERIES, Counters
from tools.message import Outcome, send

PERIOD = 0.002  # seconds between two looks
SETTLED = 0.03  # seconds after which a lock that was let go has reached who waited for it
PATIENCE = 10.0  # seconds for a step of a statement on a few hundred rows

FIRST = 16384  # what initdb makes has smaller numbers: FirstNormalObjectId in src/include/access/transam.h
OBSTACLES: tuple[LiteralString, ...] = ("access share", "share", "access exclusive")
WAITING = (QUERIES / "waiting.sql").read_bytes()

TABLES = """
select c.relkind = 'p', n.nspname, c.relname
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
  and (
    c.oid = any({0})
    or c.oid in (select t.relid from unnest({0}) as o, pg_catalog.pg_partition_tree(o::regclass) as t)
  )
order by c.oid
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How the statement ended, and the modes that it had or asked for on each relation."""

    outcome: Outcome
    modes: dict[int, Counters]


def watch(url: str, connection: Connection, text: str, tables: Iterable[int]) -> Seen:
    """Run the statement while others stand in its way, and say which locks it took."""
    ended: list[Outcome] = []
    worker = threading.Thread(target=lambda: ended.append(send(connection, text)), daemon=True)
    modes: dict[int, set[str]] = {}
    pid = connection.info.backend_pid
    with (
        database.connect(url, application="tools lint") as blocker,
        database.connect(url, application="tools lint") as observer,
    ):
        _stand_in_the_way(blocker, tuple(tables))
        worker.start()
        seen = None
        for mode in reversed(OBSTACLES):
            seen = _look(observer, pid, worker, modes, since=seen)
            blocker.execute(sql.SQL("rollback to savepoint {}").format(sql.Identifier(mode)))
        blocker.execute("rollback")
        _look(observer, pid, worker, modes, since=None, to_the_end=True)
    worker.join(PATIENCE)
    outcome = ended[0] if ended else Outcome(done=0, error=psycopg.OperationalError("the statement did not end"))
    return Seen(outcome=outcome, modes={oid: Counters(modes=frozenset(found)) for oid, found in modes.items()})


def _stand_in_the_way(blocker: Connection, tables: tuple[int, ...]) -> None:
    """Hold a snapshot, and one lock above the other on the tables, each behind a savepoint that lets go of it."""
    found = blocker.execute(sql.SQL(TABLES).format(list(tables))).fetchall() if tables else []
    blocker.execute("begin isolation level repeatable read")
    blocker.execute("select 1")  # from here on it has a snapshot
    for mode in OBSTACLES:
        # the last step of a detach waits for the partition, once nobody is at its parent
        names = [sql.Identifier(*name) for is_parent, *name in found if not is_parent or mode != OBSTACLES[0]]
        blocker.execute(sql.SQL("savepoint {}").format(sql.Identifier(mode)))
        if names:
            blocker.execute(sql.SQL("lock table only {} in {} mode").format(sql.SQL(", ").join(names), sql.SQL(mode)))


def _look(
    observer: Connection,
    pid: int,
    worker: threading.Thread,
    modes: dict[int, set[str]],
    *,
    since: str | None,
    to_the_end: bool = False,
) -> str | None:
    """Write down what the session has or wants until it waits for something new, and return for what; or to its end.

    What it waited for `since` the last look is new, too, when it still waits for it after a while.
    """
    known = time.monotonic() + SETTLED
    deadline = time.monotonic() + PATIENCE
    while worker.is_alive() and time.monotonic() < deadline:
        waits = None
        for owner, oid, mode, waits_for in observer.execute(WAITING).fetchall():
            if owner == pid:
                waits = waits_for
                if oid is not None and oid >= FIRST:
                    modes.setdefault(oid, set()).add(mode)
        if waits and (waits != since or time.monotonic() > known) and not to_the_end:
            return str(waits)
        time.sleep(PERIOD)
    return None
