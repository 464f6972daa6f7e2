"""Rows for the plans of queries: as many as it takes, skewed, within every constraint, the same each time.

The server makes them, with a few statements a table. What these say is made from the catalog; whether a value fits a
type or a check is tried on the server, and whether two rows collide is for `on conflict do nothing` to find.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import errors, sql

from tools import catalog, database, forms, seeding
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.forms import Draw, Form, Type
from tools.kinds import Column, Constraint
from tools.scratch import Filling
from tools.seeding import HINTS, Hints, Part

QUERIES = catalog.QUERIES / "seeding"
ROUNDS = 12  # of making more rows where checks and collisions took some away
TRIED = 100  # rows that a form is tried on
LEAST = 0.02  # of the rows of a round that are expected to pass
SETTINGS = b"""
set local search_path = '';
set local datestyle = 'ISO, YMD';
set local timezone = 'UTC';
set local jit = off;
set local work_mem = '256MB';
set local maintenance_work_mem = '256MB';
set local gin_pending_list_limit = '1GB';
set local enable_nestloop = off;
set local enable_mergejoin = off;
set local synchronous_commit = on  -- see _vacuum
"""
ALL = 1000  # the target of statistics: a sample of 300,000 rows, so that no plan depends on chance
ENABLE: Mapping[str, LiteralString] = {
    "origin": "alter table {} enable trigger {}",
    "always": "alter table {} enable always trigger {}",
    "replica": "alter table {} enable replica trigger {}",
}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How many rows a table was given, of how many that were wanted; one that had rows was left as it was."""

    table: str
    rows: int
    wanted: int
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The rows that a foreign key may point to, numbered from 1, in a temporary table; `groups` share columns."""

    name: str
    count: int
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the rows of a table are made: a value for each column, where they come from, which are taken."""

    columns: tuple[str, ...]
    values: tuple[sql.Composable, ...]
    source: sql.Composable
    taken: sql.Composable


def fill(connection: Connection, hints: Hints, *, scale: float = 1.0, say: Say = lambda _: None) -> tuple[Filled, ...]:
    """Fill every empty table, all of them in one transaction, then vacuum and analyze them.

    The triggers that people wrote are silent meanwhile, and forced policies are lifted; both are put back.
    """
    found = catalog.read(connection)
    for name in seeding.unknown(found, hints):
        say(f"note: {HINTS} speaks of {name}, and there is none")
    with connection.transaction():
        connection.execute(SETTINGS)
        accepts: dict[str, str] = dict(connection.execute((QUERIES / "partitions.sql").read_bytes()).fetchall())
        types = forms.types(connection.execute((QUERIES / "types.sql").read_bytes()))
        parts = seeding.parts(found, hints, scale, accepts)
        sower = Sower(connection=connection, types=types, hints=hints, say=say)
        with _quiet(connection, found, parts):
            done = tuple(sower.fill(part) for part in parts)
    _vacuum(connection, parts)
    return done


def _vacuum(connection: Connection, parts: tuple[Part, ...]) -> None:
    """Write the map of what all may see, which index-only scans want, and the statistics."""
    # a row is not known as visible to all before its commit is on disk, or that of a neighbour (SetHintBits() in
    # src/backend/access/heap/heapam_visibility.c)
    connection.execute("set synchronous_commit = on")
    connection.execute(sql.SQL("set default_statistics_target = {}").format(ALL))
    for part in parts:
        connection.execute(sql.SQL("vacuum (analyze) {}").format(_name(part.table.name)))
    connection.execute("reset default_statistics_target")
    connection.execute("reset synchronous_commit")


def filling(project: Project, scale: float, say: Say = lambda _: None) -> Filling:
    """Return what fills a replayed database: known by the hints, the scale and our own code."""
    hints = seeding.read_hints(project)
    digest = hashlib.sha256(f"{hints}{scale}".encode())
    for module in (forms, seeding, sys.modules[__name__]):
        digest.update(Path(str(module.__file__)).read_bytes())
    for path in sorted(QUERIES.glob("*.sql")):
        digest.update(path.read_bytes())

    def fill_whole(url: str) -> None:
        say("filling the tables, once: the next time it is there")
        with database.connect(url, application="tools seed") as connection:
            fill(connection, hints, scale=scale, say=say)

    return Filling(key=digest.hexdigest(), fill=fill_whole)


def tables(connection: Connection) -> tuple[str, ...]:
    """Return the tables that `fill` fills."""
    return tuple(one.name for one in catalog.read(connection).tables if one.partition_of is None)


def holding(connection: Connection, tables: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of the tables have rows."""
    question = sql.SQL("select exists (select from {})")
    try:
        return tuple(name for name in tables if _ask(connection, question.format(_name(name))))
    except errors.UndefinedTable as error:
        raise Trouble(f"{error.diag.message_primary}: make the tables first: tools apply") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Sower:
    """What fills one table after the other; `keys` are those of the tables that are filled already."""

    connection: Connection
    types: Mapping[str, Type]
    hints: Hints
    say: Say
    keys: dict[tuple[str, ...], Keys] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def fill(self, part: Part) -> Filled:
        """Make rows until there are enough, or no more fit."""
        name = part.table.name
        if holding(self.connection, (name,)):
            self.say(f"{name}: has rows, and is left as it is")
            return Filled(table=name, rows=0, wanted=part.rows, kept=True)
        values = {one.label: self._value(part, one) for one in _plain(part)}
        rows = tried = 0
        wanted = _first(part)
        for _ in range(ROUNDS):
            rate = max(rows / tried, LEAST) if tried else 1.0
            count = math.ceil((wanted - rows) / rate) if part.rows else 0
            rows += self._insert(part, values, tried, count, wanted - rows)
            tried += count
            for known in [known for known in self.keys if known[0] == name]:
                del self.keys[known]  # there are more of them now
            if rows >= wanted == part.rows or not rows:
                break
            wanted = part.rows
        if part.rows and not rows:
            checks = ", ".join(one.label for one in part.of_type("check", "unique", "exclusion")) or "its keys"
            raise Trouble(f"no row for {name} was found that {checks} let in: {_way_out(name)}")
        self.say(f"{name}: {rows:,} rows" + (f" of {part.rows:,}: no more differ" if rows < part.rows else ""))
        return Filled(table=name, rows=rows, wanted=part.rows)

    def _insert(self, part: Part, values: Mapping[str, Form], after: int, count: int, most: int) -> int:
        recipe = self._recipe(part, values)
        arbiter = (
            ""
            if any(one.deferrable for one in part.of_type("primary key", "unique", "exclusion"))
            else "on conflict do nothing"
        )
        statement = sql.SQL(
            "insert into {table} ({columns}) select {columns} from ("
            'select g.n as "#", {values} from {source}) as {alias} where {taken} order by "#" limit {most} {arbiter}'
        ).format(
            table=_name(part.table.name),
            columns=_names(recipe.columns),
            values=sql.SQL(", ").join(recipe.values),
            source=sql.SQL("generate_series({}::bigint, {}) as g (n) {}").format(
                after + 1, after + count, recipe.source
            ),
            alias=_name(part.table.label),
            taken=recipe.taken,
            most=most,
            arbiter=sql.SQL(arbiter),
        )
        try:
            return self.connection.execute(statement).rowcount
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error)
            raise Trouble(f"no rows for {part.table.name}: {said}: {_way_out(part.table.name)}") from error

    def _recipe(self, part: Part, made: Mapping[str, Form]) -> Recipe:
        columns: dict[str, sql.Composable] = {}
        joins: list[sql.Composable] = []
        for number, one in enumerate(_pointing(part)):
            joins += self._join(part, one, number, columns)
        for column in _plain(part):
            draw = _draw(part, column.name)
            columns[column.label] = self._nullable(part, column, made[column.label](draw), draw)
        conditions = [*part.checks(), *([part.accepts] if part.accepts else [])]
        # what a key of several columns found no row for, where another key gave some of them
        conditions += [f"{one.label} is not null" for one in part.columns if not one.nullable and one.label in columns]
        return Recipe(
            columns=tuple(columns),
            values=tuple(sql.SQL("{} as {}").format(value, _name(label)) for label, value in columns.items()),
            source=sql.SQL(" ").join(joins),
            taken=sql.SQL(" and ").join(
                sql.SQL("({}) is not false").format(_name(one)) for one in conditions or ["true"]
            ),
        )

    def _join(
        self, part: Part, key: Constraint, number: int, columns: dict[str, sql.Composable]
    ) -> Iterator[sql.Composable]:
        """Yield the joins that give a foreign key's columns; those that another key gave say where it may point."""
        pairs = dict(zip(key.columns, key.referenced_columns, strict=True))
        shared = tuple(name for name in key.columns if name in columns)
        if len(shared) == len(pairs):
            return
        keys = self._keys(str(key.references), tuple(pairs.values()), tuple(pairs[name] for name in shared))
        alias, group = sql.Identifier(f"k{number}"), sql.Identifier(f"h{number}")
        draw = _draw(part, key.name)
        first: sql.Composable = sql.Literal(1)
        size: sql.Composable = sql.Literal(keys.count)
        if shared:
            same = [sql.SQL("{}.{} = {}").format(group, _name(pairs[name]), columns[name]) for name in shared]
            yield sql.SQL("left join {} as {} on {}").format(
                sql.Identifier("pg_temp", f"{keys.name}_groups"), group, sql.SQL(" and ").join(same)
            )
            first, size = (sql.SQL("{}.{}").format(group, sql.Identifier(name)) for name in ("#first", "#size"))
        place: sql.Composable = sql.SQL("{} + {}").format(first, _place(part, key, size, draw))
        nullable = [one for one in part.columns if one.label in key.columns and one.nullable]
        if nullable:
            place = self._nullable(part, nullable[0], place, draw)
        yield sql.SQL('left join {} as {} on {}."#" = {}').format(
            sql.Identifier("pg_temp", keys.name), alias, alias, place
        )
        for name in key.columns:
            columns.setdefault(name, sql.SQL("{}.{}").format(alias, _name(pairs[name])))

    def _keys(self, table: str, columns: tuple[str, ...], shared: tuple[str, ...]) -> Keys:
        """Return the numbered rows of a table, each group of those that share columns in one stretch."""
        known = (table, *columns, "", *shared)
        if known not in self.keys:
            name = f"seeding_keys_{next(self.numbers)}"
            order = _names((*shared, *(one for one in columns if one not in shared)))
            count = self.connection.execute(
                sql.SQL(
                    'create temporary table {} on commit drop as select row_number() over (order by {}) as "#", {}'
                    " from {} where ({}) is not null"
                ).format(sql.Identifier(name), order, _names(columns), _name(table), _names(columns))
            ).rowcount
            if shared:
                self.connection.execute(
                    sql.SQL(
                        'create temporary table {} on commit drop as select {}, min("#") as "#first",'
                        ' count(*) as "#size" from {} group by {}'
                    ).format(
                        sql.Identifier(f"{name}_groups"),
                        _names(shared),
                        sql.Identifier("pg_temp", name),
                        _names(shared),
                    )
                )
            self.keys[known] = Keys(name=name, count=count, shared=shared)
        return self.keys[known]

    def _value(self, part: Part, column: Column) -> Form:
        """Return the first form that fits, else the default, or null."""
        if (hint := self.hints.of("values", column.name)) is not None:
            return _typed(forms.hinted(hint), column)
        found = self.types.get(column.type)
        said = [*part.checks(column), *([part.accepts] if part.accepts and column.label in part.accepts else [])]
        distinct = column.label in part.distinct
        for form in forms.forms(self.types, column.type, said, distinct=distinct):
            typed = _typed(form, column)
            if not (said or distinct or "(" in column.type or found is None or found.kind != "base"):
                return typed
            if self._fits(part, column, typed):
                return typed
        if column.nullable or column.default:
            self.say(f"{column.name}: no value was found, so it has {'its default' if column.default else 'none'}")
            return _typed(lambda _: _name(column.default or "null"), column)
        checks = ", ".join(one.label for one in part.of_type("check") if column.key in one.parents) or column.type
        raise Trouble(f"no value was found for {column.name} that {checks} lets in: {_way_out(column.name)}")

    def _fits(self, part: Part, column: Column, form: Form) -> bool:
        draw = _draw(part, column.name)
        checks: list[sql.Composable] = [sql.SQL("({}) is not false").format(_name(one)) for one in part.checks(column)]
        question = sql.SQL(
            "select count(*) = count({0}) and bool_and({1}) from (select {2} as {0} from {3}) as {4}"
        ).format(
            _name(column.label),
            sql.SQL(" and ").join(checks or [sql.SQL("true")]),
            form(draw),
            sql.SQL("generate_series(1, {}::bigint, {}) as g (n)").format(part.rows, max(1, part.rows // TRIED)),
            _name(part.table.label),
        )
        try:
            with self.connection.transaction():
                return bool(_ask(self.connection, question))
        except psycopg.Error:  # not of this type, too large for it, or the domain's check says no
            return False

    def _nullable(self, part: Part, column: Column, value: sql.Composable, draw: Draw) -> sql.Composable:
        share = self.hints.of("nulls", column.name)
        if share is None:
            unsure = any(column.key in one.parents and len(one.parents) > 2 for one in part.of_type("check"))
            share = seeding.UNSURE if unsure else seeding.NULLS
        if not column.nullable or not share:
            return value
        return sql.SQL("case when {} >= {} then {} end").format(draw.random("null"), share, value)


def _first(part: Part) -> int:
    """Return how many rows come first: where rows point to others of their table, few, for the others to point to."""
    own = any(one.references == part.table.name for one in part.constraints)
    return math.ceil(part.rows / 10) if own else part.rows


def _pointing(part: Part) -> list[Constraint]:
    """Return the foreign keys, those first that say what others with the same column may point to."""
    nullable = {one.label for one in part.columns if one.nullable}

    def rank(one: Constraint) -> tuple[bool, bool, int, str]:
        own = one.references == part.table.name
        return own, not nullable.isdisjoint(one.columns), -len(one.columns), one.name

    return sorted(part.of_type("foreign key"), key=rank)


def _plain(part: Part) -> Iterator[Column]:
    pointing = {name for one in part.of_type("foreign key") for name in one.columns}
    yield from (column for column in part.columns if column.label not in pointing)


def _place(part: Part, key: Constraint, size: sql.Composable, draw: Draw) -> sql.Composable:
    """Return which of the rows a key points to, from 0: most to a few, unless only one may point to each."""
    unique = [one.columns for one in part.of_type("primary key", "unique")]
    if set(key.columns) in map(set, unique):
        return sql.SQL("g.n - 1")
    if any(names[0] in key.columns for names in unique):
        return sql.SQL("floor({} * {})::bigint").format(size, draw.random("place"))
    # as often as one through its rank: the place is spread evenly on a logarithmic scale (Zipf's law)
    return sql.SQL("floor(power({} + 1, {}))::bigint - 1").format(size, draw.random("place"))


@contextmanager
def _quiet(connection: Connection, found: Catalog, parts: tuple[Part, ...]) -> Iterator[None]:
    """Silence the triggers of people, and let the owner of a table write whatever its policies say."""
    names = {part.table.name for part in parts}
    silenced = [
        one for one in found.triggers if one.container in names and one.enabled in ENABLE and not one.partitions
    ]
    forced = [part.table for part in parts if part.table.force_row_security]
    for trigger in silenced:
        words = _name(trigger.container), _name(trigger.label)
        connection.execute(sql.SQL("alter table {} disable trigger {}").format(*words))
    for table in forced:
        connection.execute(sql.SQL("alter table {} no force row level security").format(_name(table.name)))
    yield
    connection.execute("set constraints all immediate")
    for trigger in silenced:
        words = _name(trigger.container), _name(trigger.label)
        connection.execute(sql.SQL(ENABLE[trigger.enabled]).format(*words))
    for table in forced:
        connection.execute(sql.SQL("alter table {} force row level security").format(_name(table.name)))


def _draw(part: Part, salt: str) -> Draw:
    return Draw(table=part.table.name, salt=salt, total=part.rows)


def _typed(form: Form, column: Column) -> Form:
    return lambda draw: sql.SQL("({})::{}").format(form(draw), _name(column.type))


def _name(printed: str) -> sql.Composable:
    """Return a name or an expression as PostgreSQL printed it, qualified and quoted."""
    return sql.SQL(printed)


def _names(printed: tuple[str, ...]) -> sql.Composable:
    return sql.SQL(", ").join(map(_name, printed))


def _ask(connection: Connection, question: sql.Composed) -> object:
    row = connection.execute(question).fetchone()
    return row and row[0]


def _way_out(name: str) -> str:
    return f'say what fits in [values] of sql/seed/{HINTS}, or "{name}" = 0 in [rows]'
