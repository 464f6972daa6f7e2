"""One table after the other filled with rows, by statements that are made from what is known of it.

Whether a value fits a type or a check is tried on the server, and whether two rows collide is for `on conflict do
nothing` to find.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
from psycopg import sql

from tools import forms, seeding
from tools.database import Connection
from tools.errors import Trouble
from tools.forms import Draw, Form, Type
from tools.kinds import Column, Constraint
from tools.seeding import HINTS, Hints, Part

ROUNDS = 12  # of making more rows where checks and collisions took some away
TRIED = 100  # rows that a form is tried on
LEAST = 0.02  # of the rows of a round that are expected to pass
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
        if holds(self.connection, name):
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
        self.say(
            f"{name}: {rows:,} row{'' if rows == 1 else 's'}"
            + (f" of {part.rows:,}: no more differ" if rows < part.rows else "")
        )
        return Filled(table=name, rows=rows, wanted=part.rows)

    def _insert(self, part: Part, values: Mapping[str, Form], after: int, count: int, most: int) -> int:
        recipe = self._recipe(part, values)
        arbiter: LiteralString = (
            ""
            if any(one.deferrable for one in part.of_type("primary key", "unique", "exclusion"))
            else "on conflict do nothing"
        )
        statement = sql.SQL(
            "insert into {table} ({columns}) select {columns} from ("
            'select g.n as "#", {values} from {source}) as {alias} where {taken} order by "#" limit {most} {arbiter}'
        ).format(
            table=spelled(part.table.name),
            columns=listed(recipe.columns),
            values=sql.SQL(", ").join(recipe.values),
            source=sql.SQL("generate_series({}::bigint, {}) as g (n) {}").format(
                after + 1, after + count, recipe.source
            ),
            alias=spelled(part.table.label),
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
        for column in _plain(part):
            draw = _draw(part, column.name)
            columns[column.label] = self._nullable(part, column, made[column.label](draw), draw)
        for number, one in enumerate(_pointing(part)):
            joins += self._join(part, one, number, columns)
        conditions = [*part.checks(), *([part.accepts] if part.accepts else [])]
        # what a key of several columns found no row for, where another key gave some of them
        conditions += [f"{one.label} is not null" for one in part.columns if not one.nullable and one.label in columns]
        return Recipe(
            columns=tuple(columns),
            values=tuple(sql.SQL("{} as {}").format(value, spelled(label)) for label, value in columns.items()),
            source=sql.SQL(" ").join(joins),
            taken=sql.SQL(" and ").join(
                sql.SQL("({}) is not false").format(spelled(one)) for one in conditions or ["true"]
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
        nullable = [one for one in part.columns if one.label in key.columns and one.nullable]
        own = key.references == part.table.name and {*pairs.values()} <= {*columns}
        if own and not keys.count and not nullable:
            for name in key.columns:  # the first rows may point to none but themselves
                columns.setdefault(name, columns[pairs[name]])
            return
        alias, group = sql.Identifier(f"k{number}"), sql.Identifier(f"h{number}")
        draw = _draw(part, key.name)
        first: sql.Composable = sql.Literal(1)
        size: sql.Composable = sql.Literal(keys.count)
        if shared:
            same = [sql.SQL("{}.{} = {}").format(group, spelled(pairs[name]), columns[name]) for name in shared]
            yield sql.SQL("left join {} as {} on {}").format(
                sql.Identifier("pg_temp", f"{keys.name}_groups"), group, sql.SQL(" and ").join(same)
            )
            first, size = (sql.SQL("{}.{}").format(group, sql.Identifier(name)) for name in ("#first", "#size"))
        place: sql.Composable = sql.SQL("{} + {}").format(first, _place(part, key, size, draw))
        if nullable:
            place = self._nullable(part, nullable[0], place, draw)
        yield sql.SQL('left join {} as {} on {}."#" = {}').format(
            sql.Identifier("pg_temp", keys.name), alias, alias, place
        )
        for name in key.columns:
            columns.setdefault(name, sql.SQL("{}.{}").format(alias, spelled(pairs[name])))

    def _keys(self, table: str, columns: tuple[str, ...], shared: tuple[str, ...]) -> Keys:
        """Return the numbered rows of a table, each group of those that share columns in one stretch."""
        known = (table, *columns, "", *shared)
        if known not in self.keys:
            name = f"seeding_keys_{next(self.numbers)}"
            order = listed((*shared, *(one for one in columns if one not in shared)))
            count = self.connection.execute(
                sql.SQL(
                    'create temporary table {} on commit drop as select row_number() over (order by {}) as "#", {}'
                    " from {} and ({}) is not null"
                ).format(sql.Identifier(name), order, listed(columns), _own(table), listed(columns))
            ).rowcount
            if shared:
                self.connection.execute(
                    sql.SQL(
                        'create temporary table {} on commit drop as select {}, min("#") as "#first",'
                        ' count(*) as "#size" from {} group by {}'
                    ).format(
                        sql.Identifier(f"{name}_groups"),
                        listed(shared),
                        sql.Identifier("pg_temp", name),
                        listed(shared),
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
        plain = _typed(lambda _: spelled(column.default or "null"), column)
        if (column.nullable and not column.default) or (column.default and self._fits(part, column, plain)):
            self.say(f"{column.name}: no value was found, so it has {'its default' if column.default else 'none'}")
            return plain
        checks = ", ".join(one.label for one in part.of_type("check") if column.key in one.parents) or column.type
        raise Trouble(f"no value was found for {column.name} that {checks} lets in: {_way_out(part.table.name)}")

    def _fits(self, part: Part, column: Column, form: Form) -> bool:
        draw = _draw(part, column.name)
        checks: list[sql.Composable] = [
            sql.SQL("({}) is not false").format(spelled(one)) for one in part.checks(column)
        ]
        question = sql.SQL(
            "select count(*) = count({0}) and bool_and({1}) from (select {2} as {0} from {3}) as {4}"
        ).format(
            spelled(column.label),
            sql.SQL(" and ").join(checks or [sql.SQL("true")]),
            form(draw),
            sql.SQL("generate_series(1, {}::bigint, {}) as g (n)").format(part.rows, max(1, part.rows // TRIED)),
            spelled(part.table.label),
        )
        try:
            with self.connection.transaction():
                return bool(answer(self.connection, question))
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

    # a key that points to the very columns that it is made of is met by every row
    keys = (one for one in part.of_type("foreign key") if not rank(one)[0] or one.columns != one.referenced_columns)
    return sorted(keys, key=rank)


def _plain(part: Part) -> Iterator[Column]:
    pointing = {name for one in _pointing(part) for name in one.columns}
    yield from (column for column in part.columns if column.label not in pointing)


def _place(part: Part, key: Constraint, size: sql.Composable, draw: Draw) -> sql.Composable:
    """Return which of the rows a key points to, from 0: most to a few, unless only one may point to each."""
    unique = [one.columns for one in part.of_type("primary key", "unique")]
    if set(key.columns) in map(set, unique):
        return sql.SQL("g.n - 1")
    pointing = {name for one in _pointing(part) for name in one.columns}
    if any(names[0] in key.columns and pointing.issuperset(names) for names in unique):  # else most would collide
        return sql.SQL("floor({} * {})::bigint").format(size, draw.random("place"))
    # as often as one through its rank: the place is spread evenly on a logarithmic scale (Zipf's law)
    return sql.SQL("floor(power({} + 1, {}))::bigint - 1").format(size, draw.random("place"))


def _draw(part: Part, salt: str) -> Draw:
    return Draw(table=part.table.name, salt=salt, total=part.rows)


def _typed(form: Form, column: Column) -> Form:
    return lambda draw: sql.SQL("({})::{}").format(form(draw), spelled(column.type))


def spelled(printed: str) -> sql.Composable:
    """Return a name or an expression as PostgreSQL printed it, qualified and quoted."""
    return sql.SQL(printed)


def listed(printed: tuple[str, ...]) -> sql.Composable:
    """Return such names as a list."""
    return sql.SQL(", ").join(map(spelled, printed))


def answer(connection: Connection, question: sql.Composed) -> object:
    """Return the first column of the first row."""
    row = connection.execute(question).fetchone()
    return row and row[0]


def holds(connection: Connection, table: str) -> bool:
    """Tell whether a table has rows."""
    return bool(answer(connection, sql.SQL("select exists (select from {})").format(_own(table))))


def _own(table: str) -> sql.Composed:
    """Return where a table's own rows are: those of its partitions, and not those of tables that inherit from it."""
    partitioned = sql.SQL("exists (select from pg_partitioned_table where partrelid = {}::regclass)").format(table)
    return sql.SQL("{} where (tableoid = {}::regclass or {})").format(spelled(table), table, partitioned)


def _way_out(name: str) -> str:
    key = f"'{name}'" if '"' in name else f'"{name}"'  # a name in quotes is a literal string of TOML
    return f"say what fits in [values] of sql/seed/{HINTS}, or {key} = 0 in [rows]"
