"""A few made-up rows for the empty tables of a scratch database: the same each time, as constraints allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TypeVar

import psycopg
from psycopg import errors

from tools import specimens
from tools.catalog import Catalog
from tools.database import Connection
from tools.kinds import Column, Constraint, Table
from tools.specimens import Types

Kind = TypeVar("Kind", Column, Constraint)

ROWS = 200
ROW = '"number of the row"'  # beside the columns of a table, one of which may be called n
CANDIDATES = (2, 40)  # for each row that is wanted: few where nothing is checked, many where CHECKs choose among them
NONE = "no row was found that its constraints take"
UNIQUE = ("primary key", "unique", "exclusion")
NUMBER = re.compile(r"(?<![\w.$'])-?\d+(?:\.\d+)?(?![\w.])")
QUOTED = re.compile(r"'((?:[^']|'')*)'")
# A file of the history may not have triggers yet, and what they would do is not a row's business; keys are right anyway
QUIETLY = b"set local session_replication_role = replica"
PATIENCE = b"set local statement_timeout = '10s'; set local search_path = ''"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What a table got; `reason` is PostgreSQL's where it could get nothing."""

    table: str
    rows: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A table that is to be filled: what is known of it, and the foreign keys that choose among their parents' rows."""

    table: str
    columns: tuple[Column, ...]
    checks: tuple[Constraint, ...] = ()
    keys: tuple[Constraint, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    bounds: tuple[str, ...] = ()  # what its partitions say of the values that they take
    deferrable: bool = False
    types: Types = field(repr=False)


def fill(
    connection: Connection, catalog: Catalog, *, rows: int = ROWS, only: frozenset[str] | None = None
) -> tuple[Sampled, ...]:
    """Put `rows` rows into each table that has none, parents first; rows that are there stay.

    `only` are the names of the tables to fill, where it is not all. It is the best that can be done without knowing
    what the rows mean: where a constraint refuses all, a table stays empty and the answer says why.
    """
    samples = [sample for sample in order(plan(catalog)) if only is None or sample.table in only]
    with connection.transaction():
        with suppress(errors.InsufficientPrivilege), connection.transaction():
            connection.execute(QUIETLY)
        connection.execute(PATIENCE)
        empty = _empty(connection, [sample.table for sample in samples])
        return tuple(_fill(connection, sample, rows) for sample in samples if sample.table in empty)


def plan(catalog: Catalog) -> tuple[Sample, ...]:
    """Return what is to be filled: every table, and a partitioned one through its root."""
    types = specimens.types(catalog)
    columns, constraints = _grouped(catalog.columns), _grouped(catalog.constraints)
    uniques: dict[str, list[tuple[str, ...]]] = {}
    for index in catalog.indexes:
        if index.unique:
            uniques.setdefault(index.table, []).append(index.keys)
    bounds = _bounds(catalog.tables)
    strange = {name for one in catalog.foreign_tables for name in (one.partition_of, *one.inherits)}
    return tuple(
        _sample(table, columns, constraints.get(table.name, []), uniques.get(table.name, []), bounds, types)
        for table in catalog.tables
        if not table.partition_of and table.name not in strange  # the rows of a foreign table are not ours to read
    )


def order(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Return parents before their children; in a circle, one of them comes first."""
    known = {sample.table: sample for sample in samples}
    done: dict[str, Sample] = {}

    def visit(sample: Sample, path: frozenset[str]) -> None:
        if sample.table in done or sample.table in path:
            return
        for key in sample.keys:
            if key.references in known:
                visit(known[key.references], path | {sample.table})
        done[sample.table] = sample

    for sample in known.values():
        visit(sample, frozenset())
    return tuple(done.values())


def select(sample: Sample, rows: int) -> list[str]:
    """Return the queries to try, one after the other: what the CHECKs take, as little of that as can be, just that."""
    made = [_made(sample, rows, bare=bare) for bare in (False, True)]
    kept = [*(f"({check.expression}) is not false" for check in sample.checks), *_conditions(sample)]
    names = ", ".join(column.label for column in sample.columns)
    checked = [f"select {names}\nfrom ({one}) as made\nwhere {' and '.join(kept)}\norder by {ROW}" for one in made]
    return [*checked, f"select {names}\nfrom ({made[1]}) as made\norder by {ROW}"]


def _made(sample: Sample, rows: int, *, bare: bool) -> str:
    """Return the query of all candidates; `bare`, what may be null is, but for foreign keys."""
    chosen, joins, doubtful = _keys(sample)
    values = [
        _chosen(sample, column, chosen.get(column.label)) or _value(sample, column, seed, bare=bare)
        for seed, column in _numbered(sample)
    ]
    named = [f"{value} as {column.label}" for value, column in zip(values, sample.columns, strict=True)]
    wanted = rows * CANDIDATES[bool(sample.checks or sample.bounds or doubtful)]
    source = f"from pg_catalog.generate_series(1, {wanted}) as n"
    return "\n".join([f"select n as {ROW}, {', '.join(named)}", source, *joins])


def _conditions(sample: Sample) -> list[str]:
    """Return what a row must keep besides the CHECKs."""
    shared = _keys(sample)[2]
    found = specimens.domain_conditions(sample.types, sample.columns) + [_exists(key) for key in shared]
    return [*found, *(f"{one.label} is not null" for one in sample.columns if not one.nullable), "true"]


def _sample(
    table: Table,
    columns: Mapping[str, list[Column]],
    constraints: list[Constraint],
    uniques: list[tuple[str, ...]],
    bounds: Mapping[str, list[str]],
    types: Types,
) -> Sample:
    given = [
        replace(column, nullable=column.nullable and types.takes_null(column.type))
        for column in columns.get(table.name, [])
        if not _is_given(column)
    ]
    unique = [one for one in constraints if one.type in UNIQUE]
    checks = tuple(one for one in constraints if one.type == "check" and one.enforced and one.expression)
    keys = (one for one in constraints if one.type == "foreign key" and one.enforced and not one.period)
    return Sample(
        table=table.name,
        columns=tuple(given),
        checks=checks,
        keys=tuple(sorted(keys, key=lambda one: -len(one.columns))),
        uniques=(*(one.columns for one in unique), *uniques),
        bounds=tuple(bounds.get(table.name, [])),
        deferrable=any(one.deferrable for one in unique),
        types=types,
    )


def _is_given(column: Column) -> bool:
    """Tell whether PostgreSQL gives the value itself."""
    return bool(column.generated or column.identity or "nextval(" in (column.default or ""))


def _bounds(tables: Iterable[Table]) -> dict[str, list[str]]:
    """Return what the partitions of each root say of the values that they take."""
    parents = {table.name: table for table in tables}
    found: dict[str, list[str]] = {}
    for table in parents.values():
        root = table
        while root.partition_of and root.partition_of in parents:
            root = parents[root.partition_of]
        if table.partition_bound:
            found.setdefault(root.name, []).append(f"{root.partition_key} {table.partition_bound}")
    return found


def _numbered(sample: Sample) -> Iterator[tuple[int, Column]]:
    yield from zip(count(1), sample.columns)


def _value(sample: Sample, column: Column, seed: int, *, bare: bool = False) -> str:
    """Return the expression of a column's value in the row number `n`."""
    if bare and column.nullable:
        return f"null::{sample.types.base(column.type)}"
    word = re.compile(rf"(?<![\w\"]){re.escape(column.label)}(?![\w\"])")
    hints = [*(check.expression or "" for check in sample.checks), *sample.bounds]
    told = [text for text in hints if word.search(text)] + sample.types.rules(column.type)
    alone = any(word.search(part) for key in sample.uniques for part in key)
    alone = alone and not any(word.search(text) for text in sample.bounds)
    literals = [one.replace("''", "'") for text in told for one in QUOTED.findall(text)]
    literals += [one for text in told for one in NUMBER.findall(text)]
    made = specimens.value(sample.types, column.type, literals if told else None, seed=seed, unique=alone)
    if not column.nullable or (alone and not told):
        return made
    return f"case when {specimens.pick(seed + 1000, 2 if told else 5)} = 0 then null else {made} end"


def _keys(sample: Sample) -> tuple[dict[str, str], list[str], list[Constraint]]:
    """Return the columns that foreign keys give, the joins that choose the parents, and the keys that share columns."""
    chosen: dict[str, str] = {}
    joins: list[str] = []
    doubtful: list[Constraint] = []
    nullable = {column.label for column in sample.columns if column.nullable}
    seeds = {column.label: (seed, column) for seed, column in _numbered(sample)}
    for number, key in enumerate(sample.keys):
        pairs = list(zip(key.columns, key.referenced_columns, strict=True))
        if key.references == sample.table:
            for own, other in pairs:
                mirrored = chosen.get(other) or (_value(sample, *seeds[other][::-1]) if other in seeds else "null")
                chosen.setdefault(own, "null" if own in nullable else mirrored)
            continue
        if not chosen.keys().isdisjoint(key.columns):
            doubtful.append(key)
        every = ", ".join(key.referenced_columns)
        alone = key.columns in sample.uniques
        place = "(n - 1)" if alone else specimens.mixed(500 + number)
        parents = f"select {every}, pg_catalog.row_number() over (order by {every}) - 1 from {key.references}"
        size = f"(select nullif(pg_catalog.count(*), 0) from {key.references})"
        called = ", ".join(f"key{part}" for part in range(len(pairs)))  # a parent may have a column called n
        joins.append(f"left join ({parents}) as p{number} ({called}, at) on p{number}.at = {place} % {size}")
        some = specimens.pick(700 + number, 3)
        for part, (own, _) in enumerate(pairs):
            parent = f"p{number}.key{part}"
            optional = own in nullable and not alone
            chosen.setdefault(own, f"case when {some} = 0 then null else {parent} end" if optional else parent)
    return chosen, joins, doubtful


def _chosen(sample: Sample, column: Column, value: str | None) -> str | None:
    return f"({value})::{sample.types.base(column.type)}" if value else None


def _exists(key: Constraint) -> str:
    pairs = zip(key.columns, key.referenced_columns, strict=True)
    same = " and ".join(f"parent.{other} = made.{own}" for own, other in pairs)
    null = " or ".join(f"made.{own} is null" for own in key.columns)
    return f"({null} or exists (select from {key.references} as parent where {same}))"


def _fill(connection: Connection, sample: Sample, rows: int) -> Sampled:
    """Fill one table in one statement; where something but a CHECK refuses a row, row by row."""
    if not sample.columns:
        nothing = f"insert into {sample.table} select from pg_catalog.generate_series(1, {rows})"
        return _first(connection, sample, [nothing])
    found = _first(connection, sample, [_insert(sample, f"{made} limit {rows}") for made in select(sample, rows)[:2]])
    if found.rows or found.reason == NONE:
        return found
    again = _first(connection, sample, [_one_by_one(sample, made, rows) for made in select(sample, rows)])
    return again if again.rows else found


def _first(connection: Connection, sample: Sample, attempts: Iterable[str]) -> Sampled:
    """Return what came of the first attempt that put rows into the table."""
    reason = None
    for statement in attempts:
        try:
            with connection.transaction():
                connection.execute(statement.encode())
                connection.execute(b"set constraints all immediate")
        except psycopg.Error as error:
            reason = reason or error.diag.message_primary or str(error)
            continue
        row = connection.execute(f"select pg_catalog.count(*) from {sample.table}".encode()).fetchone()
        if row and row[0]:
            return Sampled(table=sample.table, rows=row[0])
    return Sampled(table=sample.table, rows=0, reason=reason or NONE)


def _insert(sample: Sample, query: str) -> str:
    names = ", ".join(column.label for column in sample.columns)
    # PostgreSQL takes no deferrable constraint as an arbiter (src/backend/executor/execIndexing.c)
    ending = "" if sample.deferrable else "\non conflict do nothing"
    return f"insert into {sample.table} ({names})\n{query}{ending}"


def _one_by_one(sample: Sample, query: str, rows: int) -> str:
    names = ", ".join(column.label for column in sample.columns)
    values = ", ".join(f"one.{column.label}" for column in sample.columns)
    return f"""
do $sampling$
declare
  one record;
  done int := 0;
begin
  for one in {query} loop
    begin
      insert into {sample.table} ({names}) values ({values});
      done := done + 1;
    exception when others then
      null;
    end;
    exit when done = {rows};
  end loop;
end
$sampling$
"""


def _empty(connection: Connection, tables: list[str]) -> frozenset[str]:
    if not tables:
        return frozenset()
    arms = (f"select {number} where not exists (select from {table})" for number, table in enumerate(tables))
    found = connection.execute("\nunion all ".join(arms).encode()).fetchall()
    return frozenset(tables[number] for (number,) in found)


def _grouped(items: Iterable[Kind]) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for item in items:
        found.setdefault(item.container, []).append(item)
    return found
