"""A catalog as design rules look at it: our own tables, each with all that it has, and what comments say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from tools import names
from tools.catalog import Catalog
from tools.findings import Rule
from tools.kinds import Column, Constraint, Domain, Index, Object, Policy, Table, Trigger

Kind = TypeVar("Kind", bound=Object)
ORDERING = re.compile(r" (?:desc|nulls (?:first|last))")
USERS = ("users", "user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule broken by an object; `kind` and `name` are the object's, `place` is file:line where it is known."""

    kind: str
    name: str
    message: str
    place: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table with what belongs to it."""

    table: Table
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()

    @cached_property
    def labels(self) -> Mapping[str, Column]:
        """The columns by their own names."""
        return {column.label: column for column in self.columns}

    @cached_property
    def foreign_keys(self) -> tuple[Constraint, ...]:
        """The foreign keys."""
        return tuple(one for one in self.constraints if one.type == "foreign key")

    @cached_property
    def key(self) -> Constraint | None:
        """The primary key."""
        return next((one for one in self.constraints if one.type == "primary key"), None)

    @cached_property
    def referring(self) -> frozenset[str]:
        """The columns that foreign keys are made of."""
        return frozenset(label for one in self.foreign_keys for label in one.columns)

    def checks(self, column: Column) -> list[str]:
        """Return the CHECKs that speak of a column."""
        word = re.compile(rf"(?<![\w\"]){re.escape(column.label)}(?![\w\"])")
        found = (one.expression or "" for one in self.constraints if one.type == "check")
        return [text for text in found if word.search(text)]


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """Our own tables, partitions and what another system owns left out, beside the whole catalog."""

    catalog: Catalog
    external: frozenset[str] = frozenset()
    sheets: tuple[Sheet, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """All columns, by their qualified names."""
        return {column.name: column for column in self.catalog.columns}

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """All domains, by their qualified names."""
        return {domain.name: domain for domain in self.catalog.domains}

    def type(self, column: Column) -> str:
        """Return a column's type, below a domain the domain's."""
        domain = self.domains.get(column.type)
        return domain.type if domain else column.type

    def default(self, column: Column) -> str:
        """Return what a column holds where nobody gives a value."""
        domain = self.domains.get(column.type)
        return column.default or (domain.default if domain else None) or ""

    def is_nullable(self, column: Column) -> bool:
        """Return whether a column takes null."""
        domain = self.domains.get(column.type)
        return column.nullable and (domain is None or domain.nullable)

    @cached_property
    def users(self) -> frozenset[str]:
        """The names of the tables that hold users."""
        return frozenset(one.name for one in self.catalog.tables if names.split(one.name)[-1] in USERS)

    def secured(self, name: str) -> bool:
        """Return whether row-level security is enabled on the table of this name."""
        return name in self._secured

    @cached_property
    def _secured(self) -> frozenset[str]:
        return frozenset(one.name for one in self.catalog.tables if one.row_security)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """A rule, and the function that finds where it is broken."""

    rule: Rule
    look: Callable[[Blueprint], Iterator[Breach]]


def draw(catalog: Catalog, external: frozenset[str] = frozenset()) -> Blueprint:
    """Sort a catalog by table; `external` has the keys of the tables that another system owns."""
    columns, constraints = _grouped(catalog.columns), _grouped(catalog.constraints)
    triggers, policies = _grouped(catalog.triggers), _grouped(catalog.policies)
    indexes: dict[str, list[Index]] = {}
    for index in catalog.indexes:
        indexes.setdefault(index.table, []).append(index)
    sheets = tuple(
        Sheet(
            table=table,
            columns=tuple(columns.get(table.name, ())),
            constraints=tuple(constraints.get(table.name, ())),
            indexes=tuple(indexes.get(table.name, ())),
            triggers=tuple(triggers.get(table.name, ())),
            policies=tuple(policies.get(table.name, ())),
        )
        for table in catalog.tables
        if table.key not in external and not table.partition_of
    )
    comments = {one.name: one.text for one in catalog.comments}
    return Blueprint(catalog=catalog, external=external, sheets=sheets, comments=comments)


def of(item: Object, message: str) -> Breach:
    """Return what an object breaks."""
    return Breach(kind=item.kind, name=item.name, message=message)


def plain(key: str) -> str:
    """Return the column or expression of an index's key, without its order.

    >>> plain("created_at desc nulls last")
    'created_at'
    """
    return ORDERING.sub("", key)


def _grouped(items: Iterable[Kind]) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for item in items:
        found.setdefault(item.container, []).append(item)
    return found
