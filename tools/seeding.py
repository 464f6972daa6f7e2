"""What is to be filled for the plans of queries: each table, how many rows, and what a project says of them."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble
from tools.kinds import Column, Constraint, Domain, Table

HINTS = "large.toml"
VALUE = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|\bVALUE\b""")  # of a domain's check, not in a string or name
ROOTS, GROWTH, LARGEST = 1_000, 10, 100_000  # rows of a table that points to none; times as many below it; at most
NULLS = 0.2  # of a column that may be null, where nothing else is said
UNSURE = 0.5  # of one that a check holds against others, like the columns of an exclusive arc


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a project says of its rows: how many at scale 1, values of columns, which part of them is null."""

    rows: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    nulls: Mapping[str, float] = field(default_factory=dict)

    def of(self, section: str, printed: str) -> Any:
        """Return what is said of a table or column under its name without quotes; None where nothing is."""
        return getattr(self, section).get(printed.replace('"', ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table to fill: its columns without those that the server fills, its constraints, how many rows."""

    table: Table
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    distinct: frozenset[str]
    rows: int
    accepts: str | None = None

    def of_type(self, *types: str) -> Iterator[Constraint]:
        """Yield the constraints of these types."""
        yield from (one for one in self.constraints if one.type in types)

    def checks(self, column: Column | None = None) -> list[str]:
        """Return the checks that look at no column that the server fills; or those that look at one column alone."""
        table, known = f"table {self.table.name}", {one.key for one in self.columns}
        return [
            one.expression
            for one in self.of_type("check")
            if one.expression and {*one.parents} - {table} <= ({column.key} if column else known)
        ]


def read_hints(project: Project) -> Hints:
    """Read ``large.toml`` of the folder of sample data; a project need not have one."""
    path = project.seed / HINTS
    shown = project.relative(path)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Hints()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{shown} is not valid TOML: {error}") from error
    known: dict[str, tuple[type, ...]] = {"rows": (int,), "values": (str,), "nulls": (int, float)}
    wanted = {"rows": "a whole number", "values": "a text", "nulls": "a number"}
    for section, entries in found.items():
        if section not in known or not isinstance(entries, dict):
            raise Trouble(f"{shown}: unknown section {section!r}: it takes [rows], [values] and [nulls]")
        for name, value in entries.items():
            if not isinstance(value, known[section]) or isinstance(value, bool):
                raise Trouble(f"{shown}: {name!r} in [{section}] does not take {value!r}: write {wanted[section]}")
    return Hints(**found)


def parts(found: Catalog, hints: Hints, scale: float, accepts: Mapping[str, str]) -> tuple[Part, ...]:
    """Return what is to be filled, each table after those that it points to."""
    tables = {one.name: one for one in found.tables if one.partition_of is None}
    domains = {one.name: one for one in found.domains}
    columns = _grouped((_undomained(one, domains), one.container) for one in found.columns)
    constraints = _grouped((one, one.container) for one in found.constraints)
    points = {
        name: {
            one.references for one in constraints.get(name, ()) if one.references in tables and one.references != name
        }
        for name in tables
    }
    distinct = _distinct(found)
    made = []
    for name, depth in _ordered(points):
        said = hints.of("rows", name)
        wanted = min(ROOTS * GROWTH**depth, LARGEST) if said is None else said
        made.append(
            Part(
                table=tables[name],
                columns=tuple(one for one in columns.get(name, ()) if not _is_given(one)),
                constraints=(
                    *constraints.get(name, ()),
                    *_inherited(tables, constraints, name),
                    *_of_domains(found.columns, domains, name),
                ),
                distinct=distinct.get(name, frozenset()),
                rows=math.ceil(wanted * scale),
                accepts=accepts.get(name),
            )
        )
    return tuple(made)


def unknown(found: Catalog, hints: Hints) -> tuple[str, ...]:
    """Return the names of the hints that nothing has: a slip, or a table that another system has otherwise."""
    known = {one.name.replace('"', "") for one in (*found.tables, *found.columns)}
    return tuple(name for name in (*hints.rows, *hints.values, *hints.nulls) if name not in known)


def _grouped(pairs: Iterator[tuple[Any, str]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for item, name in pairs:
        groups.setdefault(name, []).append(item)
    return groups


def _undomained(column: Column, domains: Mapping[str, Domain]) -> Column:
    """Return the column as if it were of the type below its domain, whose checks become those of the table."""
    while domain := domains.get(column.type):
        column = replace(column, type=domain.type, nullable=column.nullable and domain.nullable)
    return column


def _of_domains(columns: Iterable[Column], domains: Mapping[str, Domain], name: str) -> Iterator[Constraint]:
    for column in columns:
        domain = domains.get(column.type) if column.container == name else None
        while domain:
            for one in domain.constraints:
                label, _, check = one.partition(" CHECK ")
                expression = _about(column.label, check.removesuffix(" NOT VALID"))
                yield Constraint(
                    name=f"{name}.{label}",
                    parents=(f"table {name}", column.key),
                    type="check",
                    expression=expression,
                )
            domain = domains.get(domain.type)


def _about(label: str, check: str) -> str:
    """Return a domain's check as one of a column."""
    return VALUE.sub(lambda found: found[1] or label, check)


def _inherited(
    tables: Mapping[str, Table], constraints: Mapping[str, list[Constraint]], name: str
) -> Iterator[Constraint]:
    """Yield the checks that a table has from those that it inherits from, as if they were its own."""
    for parent in tables[name].inherits:
        for one in (*constraints.get(parent, ()), *_inherited(tables, constraints, parent)):
            if one.type == "check" and not one.no_inherit:
                own = [f"table {name}", *(f"column {name}.{key.rpartition('.')[2]}" for key in one.parents[1:])]
                yield replace(one, parents=tuple(own))


def _ordered(points: Mapping[str, set[str]]) -> list[tuple[str, int]]:
    """Return the tables with how far each is from those that point to none; a circle is cut at its first name."""
    depths: dict[str, int] = {}
    while left := sorted(name for name in points if name not in depths):
        ready = [name for name in left if points[name] <= set(depths)] or left[:1]
        depths |= {name: max((depths[one] + 1 for one in points[name] if one in depths), default=0) for name in ready}
    return list(depths.items())


def _is_given(column: Column) -> bool:
    """Tell whether the server fills a column: generated, an identity, a sequence."""
    return bool(column.generated or column.identity or "nextval(" in (column.default or ""))


def _distinct(found: Catalog) -> dict[str, frozenset[str]]:
    """Return the columns by which the rows of a table differ: of each unique key the last that points nowhere."""
    pointing = {f"{one.container}.{name}" for one in found.constraints if one.references for name in one.columns}
    keys = [(one.container, one.columns) for one in found.constraints if one.type in ("primary key", "unique")]
    keys += [(one.table, _columns(one.parents, one.table)) for one in found.indexes if one.unique]
    chosen: dict[str, set[str]] = {}
    for table, names in keys:
        plain = [name for name in names if f"{table}.{name}" not in pointing]
        chosen.setdefault(table, set()).update(plain[-1:])
    return {table: frozenset(names) for table, names in chosen.items()}


def _columns(parents: tuple[str, ...], table: str) -> tuple[str, ...]:
    prefix = f"column {table}."
    return tuple(one.removeprefix(prefix) for one in parents if one.startswith(prefix))
