"""The objects of one kind as the rows that a server or a cache gave: made into objects when somebody looks at them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from operator import itemgetter
from typing import Any, Generic, TypeVar, overload

from tools import printing
from tools.kinds import Object

Kind = TypeVar("Kind", bound=Object)
Fold = Callable[[str], str]
Row = tuple[Any, ...]  # in the order of the dataclass's fields; an array is a list


class Objects(Sequence[Kind], Generic[Kind]):
    """Objects of one kind, sorted by name.

    Equal rows are equal objects: catalogs that say the same are compared without making one object of either.
    """

    __slots__ = ("_count", "_kind", "_made", "_rows")

    def __init__(self, kind: type[Kind], rows: list[Row] | Callable[[], list[Row]], count: int | None = None) -> None:
        """Take the rows, or what gives them when they are wanted and how many they are."""
        self._kind = kind
        self._made: tuple[Kind, ...] | None = None
        self._rows = rows
        self._count = count

    @property
    def rows(self) -> list[Row]:
        """Return the rows."""
        if callable(self._rows):
            self._rows = self._rows()
        return self._rows

    def __len__(self) -> int:
        return len(self.rows) if self._count is None else self._count

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._objects())

    @overload
    def __getitem__(self, place: int) -> Kind: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Kind]: ...
    def __getitem__(self, place: int | slice) -> Kind | Sequence[Kind]:
        return self._objects()[place]

    def __eq__(self, other: object) -> bool:
        if self is other or (isinstance(other, Objects) and self.rows == other.rows):
            return True
        return self._objects() == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._objects())

    def __repr__(self) -> str:
        return repr(self._objects())

    def _objects(self) -> tuple[Kind, ...]:
        if self._made is None:
            with uncollected():
                self._made = tuple(_make(self._kind, self.rows))
        return self._made


def load(kind: type[Kind], rows: list[Row]) -> Objects[Kind]:
    """Return the objects of the rows that a query gave: sorted, and what PostgreSQL prints in two ways in one."""
    for place, fold in _folds(kind):
        rows = _folded(rows, place, fold)
    return Objects(kind, sorted(rows, key=itemgetter(0)))


def rows(items: Iterable[Object]) -> list[Row]:
    """Return the objects as rows."""
    if isinstance(items, Objects):
        return items.rows
    return [tuple(getattr(item, f.name) for f in fields(item)) for item in items]


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector away from a block that makes many values and no cycle; it would look at each again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _make(kind: type[Kind], rows: list[Row]) -> Iterator[Kind]:
    """Yield an object a row, set slot by slot: a frozen dataclass's own way costs five times as much."""
    setters = [getattr(kind, f.name).__set__ for f in fields(kind)]
    several = _places(kind, "tuple")
    new = object.__new__
    for row in rows:
        values = list(row)
        for place in several:
            values[place] = tuple(values[place])
        item = new(kind)
        for put, value in zip(setters, values, strict=True):
            put(item, value)
        yield item


def _folds(kind: type[Object]) -> tuple[tuple[int, Fold], ...]:
    """Return the places of the fields that hold text, and what folds each."""
    folds = {"Printed": printing.fold, "Body": printing.fold_body, "str": printing.unquote}
    return tuple((place, fold) for word, fold in folds.items() for place in _places(kind, word))


def _folded(rows: list[Row], place: int, fold: Fold) -> list[Row]:
    """Return the rows with one field folded: each text once, however many rows have it, and few texts change."""
    texts: set[str] = set()
    for row in rows:
        value = row[place]
        if isinstance(value, str):
            texts.add(value)
        elif value:
            texts.update(value)
    changed = {text: folded for text in texts if (folded := fold(text)) != text}
    return [_replaced(row, place, changed) for row in rows] if changed else rows


def _replaced(row: Row, place: int, changed: Mapping[str, str]) -> Row:
    value = row[place]
    if not value:
        return row
    new = changed.get(value, value) if isinstance(value, str) else [changed.get(text, text) for text in value]
    return (*row[:place], new, *row[place + 1 :])


def _places(kind: type[Object], word: str) -> tuple[int, ...]:
    """Return the places of the fields whose type has a word in it."""
    return tuple(place for place, f in enumerate(fields(kind)) if word in str(f.type))
