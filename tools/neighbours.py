"""Who is at work on a live database now: locks on its tables, its oldest open transaction, and how large tables are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tools import database
from tools.database import Connection
from tools.effects import MODES, QUERIES

# https://www.postgresql.org/docs/current/explicit-locking.html#TABLE-LOCK-COMPATIBILITY: for each mode of MODES, those
# that it waits for
CONFLICTS: dict[str, frozenset[str]] = {
    mode: frozenset(MODES[number] for number in numbers)
    for mode, numbers in zip(
        MODES,
        ((7,), (6, 7), (4, 5, 6, 7), (3, 4, 5, 6, 7), (2, 3, 5, 6, 7), range(2, 8), range(1, 8), range(8)),
        strict=True,
    )
}
POLITE = "set transaction read only; set local lock_timeout = '200ms'; set local statement_timeout = '5s'"
# The size of a table is the sum of its partitions'; who holds the strongest lock on one would keep us waiting for it
BYTES = """
with recursive part (root, oid) as (
  select name, pg_catalog.to_regclass(name)::oid from pg_catalog.unnest(%(tables)s::text[]) as name
  union
  select part.root, i.inhrelid
  from part
  join pg_catalog.pg_inherits as i on i.inhparent = part.oid
  join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relispartition
),
locked (oid) as (
  select relation from pg_catalog.pg_locks where locktype = 'relation' and mode = 'AccessExclusiveLock'
),
measured (root, bytes) as (
  select root, case when oid in (table locked) then null else pg_catalog.pg_total_relation_size(oid) end
  from part
)
select root, pg_catalog.sum(bytes)::bigint
from measured
group by root
having pg_catalog.bool_and(bytes is not null)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session with an open transaction, `age` seconds old; None is what is not shown, a pid that is none prepared."""

    pid: int | None
    role: str | None
    application: str | None
    state: str | None
    age: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A session that holds a lock on a table, or waits for one."""

    session: Session
    relation: str
    mode: str
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What is going on in a database. `bytes` are with indexes and TOAST; `hidden` sessions are of other roles."""

    holders: tuple[Holder, ...] = ()
    oldest: Session | None = None
    bytes: Mapping[str, int] = field(default_factory=dict)
    hidden: int = 0
    standby: bool = False

    def in_the_way(self, relation: str, modes: Iterable[str]) -> tuple[Holder, ...]:
        """Return who a statement that asks for these modes on a table would wait for."""
        against = frozenset[str]().union(*(CONFLICTS[mode] for mode in modes))
        return tuple(one for one in self.holders if one.relation == relation and one.mode in against)


def ask(connection: Connection, tables: Iterable[str]) -> Neighbours:
    """Return what the database says, with the size of each of the tables that is there; reads only, and waits for none.

    All is asked in one transaction: a pooler may give the next one to another session.
    """
    with connection.transaction():
        connection.execute(POLITE)
        holders, sessions = (_ask(connection, name) for name in ("locks", "transactions"))
        standby = database.ask(connection, "select pg_catalog.pg_is_in_recovery()")
    return Neighbours(
        holders=tuple(
            Holder(session=_session(row[3:]), relation=row[0], mode=row[1], granted=row[2]) for row in holders
        ),
        oldest=next((_session(row) for row in sessions if not row[5]), None),
        bytes=_bytes(connection, list(tables)),
        hidden=sum(row[5] for row in sessions),
        standby=standby == [(True,)],
    )


def _ask(connection: Connection, name: str) -> list[Any]:
    return database.ask(connection, (QUERIES / f"{name}.sql").read_text(encoding="utf-8"))


def _bytes(connection: Connection, tables: list[str]) -> dict[str, int]:
    try:
        with connection.transaction():
            connection.execute(POLITE)
            return dict(database.ask(connection, BYTES, {"tables": tables}))
    except psycopg.Error:  # somebody was faster with a lock: the plan does without
        return {}


def _session(row: tuple[object, ...]) -> Session:
    pid, role, application, state, age = row[:5]
    return Session(pid=pid, role=role, application=application, state=state, age=age)  # type: ignore[arg-type]
