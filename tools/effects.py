"""What one statement did to each relation that was there before its file: locks, storage, reads, changed rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tools.findings import Lock, Measured
from tools.statements import Statement

QUERIES = Path(__file__).parent / "measures"
# Weakest first: https://www.postgresql.org/docs/current/explicit-locking.html
MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
BLOCKS_WRITERS = MODES[4:]
BLOCKS_READERS = MODES[-1:]
ALL = 0.9  # a read of this share of the rows is a read of the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table, index, view or sequence; `table` is the oid of an index's table, else its own, `storage` its file."""

    oid: int
    name: str
    kind: str
    table: int
    storage: int
    valid: bool = True
    bare: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What a transaction holds on one relation and has done to it so far."""

    modes: frozenset[str] = frozenset()
    scans: int = 0
    returned: int = 0
    fetched: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a statement did to one relation that was there before the file.

    `taken` are the modes of its own new locks, `held` all that its transaction then had, weakest first. `built` names
    the indexes whose storage it filled. `rows` is how many there were on scratch, `changed` how many of them it updated
    or deleted.
    """

    relation: str
    kind: str
    taken: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    rewritten: bool = False
    built: tuple[str, ...] = ()
    scanned: bool = False
    changed: int = 0
    rows: int = 0

    @property
    def worked(self) -> bool:
        """Whether time grew with the size of the table."""
        return self.rewritten or self.scanned or bool(self.built)

    @property
    def strongest(self) -> str | None:
        """Return the strongest lock that was held on it when the statement was done."""
        return self.held[-1] if self.held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a statement, or the end of the transaction, failed on scratch; `relation` is the table it is about, bare."""

    sqlstate: str
    message: str
    relation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One statement of a file, and what it did; `node` is its parse tree, None where the parser is older than the SQL.

    `transaction` counts the file's transactions from 0; `alone`: it ran outside of any. `at_commit`: what failed was
    not the statement, but the end of its transaction.
    """

    statement: Statement
    node: Any = field(repr=False, compare=False)
    impacts: tuple[Impact, ...] = ()
    transaction: int = 0
    alone: bool = False
    failure: Failure | None = None
    at_commit: bool = False

    @property
    def measured(self) -> Measured:
        """Return what the contract says of it."""
        return Measured(
            locks=tuple(Lock(relation=one.relation, mode=mode) for one in self.impacts for mode in one.taken[-1:]),
            rewrites=tuple(one.relation for one in self.impacts if one.rewritten),
            scans=tuple(one.relation for one in self.impacts if one.scanned),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known between two statements: every relation by its oid, and the counters of the open transaction."""

    relations: Mapping[int, Relation]
    existing: frozenset[int]
    rows: Mapping[str, int] = field(default_factory=dict)
    counters: Mapping[int, Counters] = field(default_factory=dict)

    def fresh(self) -> State:
        """Return the state at the start of a transaction."""
        return replace(self, counters={})


def relation(row: tuple[Any, ...]) -> Relation:
    """Return the relation of a row of ``relations.sql`` or of the first columns of ``effects.sql``."""
    oid, name, kind, table, storage, valid, bare = row[:7]
    return Relation(oid=oid, name=name, kind=kind, table=table, storage=storage, valid=valid, bare=bare)


def follow(state: State, rows: Iterable[tuple[Any, ...]]) -> tuple[State, tuple[Impact, ...]]:
    """Return the state after a statement, and its impacts, from the rows of ``effects.sql``."""
    relations, counters = dict(state.relations), dict(state.counters)
    for row in rows:
        oid, (modes, scans, returned, fetched, changed) = row[0], row[7:12]
        counters[oid] = Counters(
            modes=frozenset(modes), scans=scans, returned=returned, fetched=fetched, changed=changed
        )
        if row[2] is not None:
            relations[oid] = relation(row)
    after = replace(state, relations=relations, counters=counters)
    return after, impacts(state, after, frozenset(counters))


def impacts(before: State, after: State, seen: frozenset[int]) -> tuple[Impact, ...]:
    """Return what changed between two states on the relations that were there before the file.

    `seen` are the oids that something may have changed on, indexes among them.
    """
    built = _built(before, after, seen)
    indexes: dict[int, list[int]] = {}
    for oid in seen & before.relations.keys():
        indexes.setdefault(before.relations[oid].table, []).append(oid)
    found = []
    for oid in sorted((seen | built.keys()) & before.existing, key=lambda oid: before.relations[oid].name):
        read = max((_read(before, after, one) for one in indexes.get(oid, ())), default=0)
        begun = any(_begins(before, after, one) for one in indexes.get(oid, ()))
        one = _impact(oid, before, after, built.get(oid, ()), read, begun=begun)
        if one is not None:
            found.append(one)
    return tuple(found)


def _impact(oid: int, before: State, after: State, built: tuple[str, ...], read: int, *, begun: bool) -> Impact | None:
    known = before.relations[oid]
    now, was = after.counters.get(oid, Counters()), before.counters.get(oid, Counters())
    rows = before.rows.get(known.name, 0)
    rewritten = known.kind in "rm" and after.relations[oid].storage != known.storage
    taken = now.modes - was.modes
    # where the table is empty, that a reading began must do: through an index, it is one row's or a proof's, under lock
    began = _begins(before, after, oid) or (begun and not taken.isdisjoint(BLOCKS_WRITERS))
    scanned = not rewritten and (read >= rows * ALL if rows else began)
    one = Impact(
        relation=known.name,
        kind=known.kind,
        taken=_ordered(taken),
        held=_ordered(now.modes),
        rewritten=rewritten,
        built=built,
        scanned=known.kind in "rpm" and scanned,
        changed=max(0, now.changed - was.changed),
        rows=rows,
    )
    return one if one.taken or one.worked or one.changed else None


def _built(before: State, after: State, seen: frozenset[int]) -> dict[int, tuple[str, ...]]:
    """Return the indexes with new storage, by the oid of their table; one made again over its old storage is not."""
    changed = [
        one
        for one in (after.relations[oid] for oid in seen if oid in after.relations)
        if one.kind == "i" and (one.oid not in before.relations or before.relations[one.oid].storage != one.storage)
    ]
    kept = {one.storage for one in before.relations.values()} if changed else set()
    found: dict[int, tuple[str, ...]] = {}
    for one in sorted(changed, key=lambda one: one.oid):
        if one.storage not in kept:
            found[one.table] = (*found.get(one.table, ()), one.name)
    return found


def _begins(before: State, after: State, oid: int) -> bool:
    """Tell whether a statement began to read a table from its first page, or through an index."""
    return after.counters.get(oid, Counters()).scans > before.counters.get(oid, Counters()).scans


def _read(before: State, after: State, oid: int) -> int:
    """Return how many rows a statement read through a table itself, or through one index."""
    was, now = before.counters.get(oid, Counters()), after.counters.get(oid, Counters())
    return max(now.returned - was.returned, now.fetched - was.fetched)


def _ordered(modes: frozenset[str]) -> tuple[str, ...]:
    return tuple(mode for mode in MODES if mode in modes)
