"""A catalog seen from one of its objects: what goes with it, what speaks of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from tools import catalog
from tools.catalog import COMPARED, Catalog
from tools.kinds import Column, Comment, Constraint, Function, Index, Object, Privilege, Table
from tools.rarities import ExtensionDependency, ForeignTable

# Kinds that others speak of by their full name; PostgreSQL prints it qualified where nothing is on the search_path
SPOKEN_OF = frozenset(
    (
        *("table", "foreign table", "view", "materialized view", "sequence", "function", "enum", "domain", "operator"),
        *("composite type", "range type", "collation", "text search configuration", "text search dictionary"),
        *("base type", "text search parser", "text search template", "operator family", "operator class"),
    )
)
NAME = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*')
# Names with what they are in, as definitions have them: public.tasks, public.tasks.title, app.@@@
PATH = re.compile(rf"(?:{NAME.pattern})(?:\.(?:{NAME.pattern}))*(?:\.[+*/<>=~!@#%^&|`?-]+)?")
ATOMIC = re.compile(r"(?:BEGIN ATOMIC|RETURN)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The objects by key and by parent; `major` is the server's version."""

    items: dict[str, Object]
    children: dict[str, list[Object]] = field(repr=False)
    major: int
    pointers: dict[str, list[Constraint]] = field(repr=False)  # the foreign keys, by the table that they point to
    index: dict[str, list[Object]] = field(default_factory=dict, repr=False)  # by the names that they speak of

    def belonging(self, item: Object) -> tuple[Object, ...]:
        """Return what goes with the object when it is dropped, in the order of the kinds, without itself."""
        found: dict[str, Object] = {}
        waiting = [item.key]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child.key not in found and child.key != item.key:
                    found[child.key] = child
                    waiting.append(child.key)
        return tuple(found.values())

    def columns(self, table: Table | ForeignTable) -> tuple[Column, ...]:
        """Return a table's columns in their order."""
        known = (self.items.get(f"column {table.name}.{label}") for label in table.columns)
        return tuple(column for column in known if isinstance(column, Column))

    def text(self, item: Object) -> str:
        """Return all that an object says of others; a table says what its columns say."""
        columns = self.columns(item) if isinstance(item, Table | ForeignTable) else ()
        return "\n".join((words(item), *map(words, columns)))

    def speakers(self, item: Object) -> Iterator[Object]:
        """Yield the objects whose definitions speak of this one, or point to it, besides what goes with it."""
        yield from self._pointing(item)
        name = spoken(item)
        if name is None:
            return
        if not self.index:
            for other in self.items.values():
                for one in mentioned(words(other)):
                    self.index.setdefault(one, []).append(other)
        own = {one.key for one in self.belonging(item)} | {item.key}
        yield from (other for other in self.index.get(name, ()) if other.key not in own)

    def users(self, column: Column) -> Iterator[Object]:
        """Yield the objects whose definitions speak of this column, besides what goes with it."""
        table = self.items.get(column.parents[0])
        own = {one.key for one in self.belonging(column)} | {column.key}
        others = (*self.children.get(table.key, ()), *self.speakers(table)) if table else ()
        for other in others:
            if other.key not in own and not isinstance(other, Table | ForeignTable):
                text = (other.expression or "") if isinstance(other, Column) else self.text(other)
                if names(text, column):
                    yield other

    def _pointing(self, item: Object) -> Iterator[Object]:
        """Yield the foreign keys that point to the columns of a key or a unique index."""
        match item:
            case Constraint(type="primary key" | "unique"):
                table, columns = item.container, item.columns
            case Index(unique=True):
                table, columns = item.table, item.keys
            case _:
                return
        yield from (one for one in self.references(table) if set(one.referenced_columns) == set(columns))

    def references(self, table: str) -> list[Constraint]:
        """Return the foreign keys that point to a table."""
        return self.pointers.get(table, [])


def surround(found: Catalog) -> Surroundings:
    """Return the surroundings of a catalog's objects."""
    items = {item.key: item for item in catalog.objects(found)}
    children: dict[str, list[Object]] = defaultdict(list)
    for item in items.values():
        for parent in item.parents:
            children[parent].append(item)
        if isinstance(item, ExtensionDependency):  # what was said to depend on an extension goes with it
            about, extension = item.parents
            children[extension] += [items[about]] if about in items else []
    pointers: dict[str, list[Constraint]] = defaultdict(list)
    for constraint in found.constraints:
        if constraint.references:
            pointers[constraint.references].append(constraint)
    return Surroundings(items=items, children=children, major=found.major, pointers=pointers)


def spoken(item: Object) -> str | None:
    """Return the object's name as others write it; None where they do not."""
    if item.kind not in SPOKEN_OF:
        return None
    return re.split(r"\(| USING ", item.name)[0]


def mentioned(text: str) -> set[str]:
    """Return the names in a text that have at least a schema, each with all that it is in.

    >>> sorted(mentioned("nextval('app.number'::regclass) + app.tasks.id"))
    ['app.number', 'app.tasks', 'app.tasks.id']
    """
    found = set()
    for match in PATH.finditer(text):
        path = match[0]
        ends = [one.end() for one in NAME.finditer(path)][1:]
        found |= {path[:end] for end in ends} | ({path} if "." in path else set())
    return found


def names(text: str, column: Column) -> bool:
    """Tell whether a text has the column's own name, of whatever table."""
    return re.search(rf"(?<![\w\"]){re.escape(column.label)}(?![\w\"])", text) is not None


def words(item: Object) -> str:
    """Return the texts of an object in which PostgreSQL itself knows the names: not the body of a function."""
    if isinstance(item, Comment | Privilege):
        return ""
    said = (f.name for f in fields(item) if f.name in KNOWN[item.kind])
    if isinstance(item, Function) and not (item.language == "sql" and ATOMIC.match(item.body)):
        said = (name for name in said if name != "body")
    tail = item.name.partition("(")[2] if item.kind in ("function", "operator") else ""
    return "\n".join((tail, *_flat(getattr(item, name) for name in said)))


# a sequence is tied to its column when both are there
KNOWN = {kind: {f.name for f in facts} - {"owned_by"} | {"function"} for kind, facts in COMPARED.items()}


def _flat(values: Iterator[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, str))
