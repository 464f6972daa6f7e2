"""What the tables of two databases hold: the same rows give the same sum, in whatever order they lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tools import inventory, sampling
from tools.catalog import Catalog
from tools.database import Connection
from tools.kinds import Column, Trigger

Columns = Mapping[str, tuple[str, ...]]  # by the name of the table
ARMS = 200  # of one query: the parser goes down one level for each
# A policy that hides rows is an error: what is not seen is not compared
FIXED = (
    b"set row_security = off; set search_path = ''; set timezone = 'UTC'; set datestyle = 'ISO';"
    b" set extra_float_digits = 1"
)
NUMBERS = (Path(__file__).parent / "measures" / "numbers.sql").read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What became of a table's rows: how many there were, are gone, have lost a value, and came; in which columns.

    A null that became a value is no loss: that is what a backfill leaves. A row of a table without a primary key is
    gone when it changes.
    """

    table: str
    rows: int
    gone: int
    changed: int
    new: int
    columns: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether anything is lost: rows that came are none of that."""
        return bool(self.gone or self.changed)


def stayed(before: Connection, after: Connection, between: Catalog) -> frozenset[str]:
    """Return the keys of the tables and columns that nobody dropped: they were there, be it under another name."""
    numbered = [set(connection.execute(NUMBERS)) for connection in (before, after)]
    same = {key for key, *_ in numbered[0] & numbered[1]}
    return frozenset(same | {one.key for one in (*between.tables, *between.columns)})


def common(before: Catalog, stayed: Set[str], after: Catalog) -> Columns:
    """Return the tables and columns that are there all the time, and of the same type at both ends."""
    types = {one.name: one.type for one in after.columns}
    tables = {one.table: one for one in sampling.plan(before)}
    kept = tables.keys() & {one.name for one in before.tables if one.key in stayed} & {one.name for one in after.tables}
    found: dict[str, list[str]] = {name: [] for name in sorted(kept)}
    for column in before.columns:
        if column.container in found and column.key in stayed and types.get(column.name) == column.type:
            found[column.container].append(column.label)
    return {name: tuple(labels) for name, labels in found.items() if labels}


def dropped(before: Connection, after: Connection, stayed: Set[str], was: Catalog, there: Catalog) -> tuple[str, ...]:
    """Return the tables and columns that went and came back without what they held; `was` and `there` have both ends.

    What a way back brings back from a copy is as it was.
    """
    names = [{one.key for one in (*catalog.tables, *catalog.columns)} for catalog in (was, there)]
    gone = sorted((names[0] & names[1]) - stayed)
    tables = tuple(key.removeprefix("table ") + "." for key in gone if key.startswith("table "))
    found = (key for key in gone if key.startswith("table ") or not key.partition(" ")[2].startswith(tables))
    return tuple(key for key in found if not _is_restored(before, after, key, was, there))


def _is_restored(before: Connection, after: Connection, key: str, was: Catalog, there: Catalog) -> bool:
    """Tell whether the rows are the same; those of a column only if they are such as no default makes."""
    types = {one.name: one.type for one in there.columns}
    column = next((one for one in was.columns if one.key == key), None)
    table = column.container if column else key.removeprefix("table ")
    if table not in {one.table for one in sampling.plan(was)} or (column and _is_numbered(column)):
        return False
    aside = _kept_by_triggers(was)[table]
    mine = (one for one in was.columns if one.container == table and one.label not in aside)
    every = tuple(one.label for one in mine if types.get(one.name) == one.type)
    labels = tuple(dict.fromkeys((*_keys(was).get(table, every), column.label))) if column else every
    if not labels or _differing(before, after, {table: labels}):
        return False
    counted = f"distinct {column.label}::text" if column else "*"
    row = before.execute(f"select pg_catalog.count({counted}) from {table}".encode()).fetchone()
    return row is not None and row[0] > (1 if column else 0)


def _is_numbered(column: Column) -> bool:
    """Tell whether a new column has the numbers of an old one by itself, as far as nobody deleted rows."""
    return column.identity is not None or "nextval(" in (column.default or "")


def compare(before: Connection, after: Connection, columns: Columns, catalog: Catalog) -> tuple[Loss, ...]:
    """Return the tables whose rows are not the same; `catalog` is that of before.

    Where they are not, the columns that triggers keep do not count.
    """
    for connection in (before, after):
        connection.execute(FIXED)
    differing = _differing(before, after, columns)
    if not differing:
        return ()
    aside = _kept_by_triggers(catalog)
    counted = {name: tuple(one for one in labels if one not in aside[name]) for name, labels in differing.items()}
    still = _differing(before, after, {name: labels for name, labels in counted.items() if labels})
    keys = _keys(catalog)
    found = (_loss(before, after, name, labels, keys.get(name, ())) for name, labels in still.items())
    return tuple(loss for loss in found if loss.counts or loss.new)


def _keys(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    return {one.container: one.columns for one in catalog.constraints if one.type == "primary key"}


def _kept_by_triggers(catalog: Catalog) -> Mapping[str, frozenset[str]]:
    """Return the columns that triggers write on each update, as updated_at: they say when a row was touched."""
    bodies = {one.name: one.body for one in catalog.functions}
    told: dict[str, list[Trigger]] = {}
    for trigger in catalog.triggers:
        told.setdefault(trigger.container, []).append(trigger)
    return defaultdict(frozenset, {name: inventory.written(one, bodies, "UPDATE") for name, one in told.items()})


def _differing(before: Connection, after: Connection, columns: Columns) -> dict[str, tuple[str, ...]]:
    pair = [_sums(connection, columns) for connection in (before, after)]
    return {name: labels for name, labels in columns.items() if pair[0][name] != pair[1][name]}


def _sums(connection: Connection, columns: Columns) -> dict[str, tuple[int, int]]:
    """Return of each table how many rows there are, and the sum of their hashes."""
    names = list(columns)
    rest = (
        f"select {number}, pg_catalog.count(*), coalesce(pg_catalog.sum({_hash(columns[name])}), 0) from {name} as t"
        for number, name in enumerate(names)
    )
    found: dict[str, tuple[int, int]] = {}
    for arms in _batched(rest):
        for number, count, total in connection.execute("\nunion all ".join(arms).encode()):
            found[names[number]] = (count, int(total))
    return found


def _hash(labels: tuple[str, ...]) -> str:
    return f"pg_catalog.hashtextextended(row({', '.join(f't.{label}' for label in labels)})::text, 0)"


def _loss(before: Connection, after: Connection, table: str, labels: tuple[str, ...], key: tuple[str, ...]) -> Loss:
    """Hold the rows of one table side by side: by their key, where all of it stays."""
    if not key or not set(key) <= set(labels):
        here, there = (Counter(_values(connection, table, labels, labels)) for connection in (before, after))
        gone, new = (here - there).total(), (there - here).total()
        return Loss(table=table, rows=here.total(), gone=gone, changed=0, new=new)
    rows, others = (dict(_values(connection, table, labels, key)) for connection in (before, after))
    apart = {
        name: [
            label
            for label, one, other in zip(labels, values, others[name], strict=True)
            if one is not None and one != other
        ]
        for name, values in rows.items()
        if name in others
    }
    return Loss(
        table=table,
        rows=len(rows),
        gone=len(rows.keys() - others.keys()),
        changed=sum(map(bool, apart.values())),
        new=len(others.keys() - rows.keys()),
        columns=tuple(label for label in labels if any(label in one for one in apart.values())),
    )


def _values(
    connection: Connection, table: str, labels: tuple[str, ...], key: tuple[str, ...]
) -> list[tuple[str, tuple[int | None, ...]]]:
    """Return the rows of a table: the hash of the key, and of each value that is not null."""
    shown = ", ".join(f"case when t.{one} is not null then {_hash((one,))} end" for one in labels)
    query = f"select {_hash(key)}, array[{shown}] from {table} as t"
    return [(name, tuple(values)) for name, values in connection.execute(query.encode())]


def _batched(arms: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(arms, ARMS)):
        yield batch
