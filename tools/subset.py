"""Parts of a catalog: without what another system owns, with only what a model can say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from tools.catalog import Catalog, members
from tools.kinds import Column, Comment, Constraint, Domain, Enum, Index, Object, Table

# The kinds that SQLAlchemy's metadata has words for, with the facts that it can say of each
SAYABLE: dict[type[Object], tuple[str, ...]] = {
    Table: ("partition_key",),
    Column: (
        "type",
        "collation",
        "nullable",
        "default",
        "generated",
        "expression",
        "identity",
        "identity_options",
    ),
    Constraint: tuple(f.name for f in fields(Constraint) if f.name not in ("options", "tablespace", "clustered")),
    Index: tuple(f.name for f in fields(Index) if f.name not in ("tablespace", "clustered", "statistics", "valid")),
    Enum: ("labels",),
    Domain: ("type", "collation", "nullable", "default", "constraints"),
    Comment: ("text",),
}


def select(catalog: Catalog, keep: Callable[[Object], Object | None]) -> Catalog:
    """Return the catalog with each object replaced by what `keep` makes of it, or left out where that is None."""
    chosen: dict[str, Any] = {}
    for member in members():
        kept = (keep(item) for item in getattr(catalog, member))
        chosen[member] = tuple(item for item in kept if item is not None)
    return replace(catalog, **chosen)


def belonging(catalog: Catalog, keys: Iterable[str]) -> frozenset[str]:
    """Return the keys, and those of all that goes with them: a table's columns, their comments."""
    found = set(keys)
    items = [item for member in members() for item in getattr(catalog, member)]
    grown = True
    while grown:
        more = {item.key for item in items if item.key not in found and not found.isdisjoint(item.parents)}
        grown = bool(more)
        found |= more
    return frozenset(found)


def without(catalog: Catalog, keys: Iterable[str]) -> Catalog:
    """Return the catalog without these objects and all that goes with them."""
    gone = belonging(catalog, keys)
    return select(catalog, lambda item: None if item.key in gone else item)


def sayable(catalog: Catalog) -> Catalog:
    """Return what a model can say of the catalog: of partitions, policies and functions it has no word."""
    partitions = [table.key for table in catalog.tables if table.partition_of]
    return select(without(catalog, partitions), _say)


def contract(catalog: Catalog, external: frozenset[str], referenced: frozenset[str]) -> Catalog:
    """Return the catalog with the external tables cut down to what our foreign keys point to: columns and their types.

    `external` has the keys of the tables, `referenced` those of tables and columns that count.
    """
    theirs = belonging(catalog, external)

    def cut(item: Object) -> Object | None:
        if item.key not in theirs:
            return item
        if item.key not in referenced:
            return None
        return _only(item, ("type",) if isinstance(item, Column) else ())

    return select(catalog, cut)


def referenced(catalog: Catalog, external: frozenset[str]) -> frozenset[str]:
    """Return the keys of the external tables and columns that the foreign keys of our own tables point to."""
    theirs = belonging(catalog, external)
    found = set()
    for constraint in catalog.constraints:
        if constraint.references and constraint.key not in theirs and f"table {constraint.references}" in external:
            found.add(f"table {constraint.references}")
            found.update(f"column {constraint.references}.{name}" for name in constraint.referenced_columns)
    return frozenset(found)


def _say(item: Object) -> Object | None:
    said = SAYABLE.get(type(item))
    if said is None or (isinstance(item, Comment) and not item.parents[0].startswith(("table ", "column "))):
        return None
    if isinstance(item, Index) and item.parents[0].startswith("materialized view "):
        return None
    return _only(item, said)


def _only(item: Object, facts: tuple[str, ...]) -> Object:
    """Return the object with every other fact as a plain object has it."""
    others = {f.name: f.default for f in fields(item) if f.name not in ("name", "parents", *facts)}
    return replace(item, **others)  # type: ignore[arg-type] # each default has its field's type
