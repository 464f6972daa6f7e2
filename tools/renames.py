"""What has another name now, and what of the rest is only the new name in somebody else's text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tools.catalog import COMPARED
from tools.changes import Change
from tools.kinds import Enum, Object

# Kinds without a name of their own: they change it with what they are about
NAMELESS = (
    *("cast", "comment", "default privilege", "extension dependency", "privilege", "publication relation"),
    *("security label", "transform", "user mapping"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renames:
    """Old names with their new ones, as they are spelled in definitions."""

    names: dict[str, str]
    origins: frozenset[str]  # keys of what was renamed, the old ones and the new ones
    pattern: re.Pattern[str]
    pairs: tuple[tuple[Object, Object], ...] = ()  # what is expected, and what is it under another name

    def explain(self, expected: Any, actual: Any) -> bool:
        """Tell whether the two differ in names only; a set that is sorted by name has another order then."""
        mine, yours = self.apply(expected), self.apply(actual)
        return bool(mine == yours or (mine != expected and isinstance(mine, tuple) and sorted(mine) == sorted(yours)))

    def apply(self, value: Any) -> Any:
        """Return the value with new names for old ones; what has the new one already stays."""
        if not self.names:
            return value
        if isinstance(value, tuple):
            return tuple(self.apply(part) for part in value)
        return self.pattern.sub(lambda match: self.names[match[0]], value) if isinstance(value, str) else value

    def identity(self, item: Object) -> tuple[Any, ...]:
        """Return what tells the object from others once the new names are used throughout."""
        return (item.kind, self.apply(item.name), *(self.apply(fact) for fact in _traits(item)))

    def match(self, expected: Iterable[Object], actual: Iterable[Object]) -> bool:
        """Tell whether the objects are the same once the new names are used."""
        mine, yours = ({self.identity(item) for item in side} for side in (expected, actual))
        return mine == yours


def find_renames(changes: tuple[Change, ...]) -> Renames:
    """Take for renamed what one side lacks and the other has with the same facts, where no other pair is like it."""
    pairs = tuple(_pairs(changes))
    names = {mine: yours for old, new in pairs for mine, yours in zip(_spellings(old), _spellings(new), strict=True)}
    names |= {mine: yours for change in changes for mine, yours in _labels(change)}
    known = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return Renames(
        names=names,
        origins=frozenset(item.key for pair in pairs for item in pair),
        pattern=re.compile(rf"(?<![\w\"])(?:{known})(?![\w\"])"),
        pairs=pairs,
    )


def _pairs(changes: tuple[Change, ...]) -> Iterator[tuple[Object, Object]]:
    gone, come = _alike(changes, "missing"), _alike(changes, "unexpected")
    for traits, old in gone.items():
        new = come.get(traits, [])
        if len(old) == len(new) == 1:
            yield old[0], new[0]


def _alike(changes: tuple[Change, ...], word: str) -> dict[Any, list[Object]]:
    found: dict[Any, list[Object]] = defaultdict(list)
    for change in changes:
        if change.word == word and change.item.kind not in NAMELESS:
            found[(change.item.kind, change.item.parents[:1], *_traits(change.item))].append(change.item)
    return found


def _traits(item: Object) -> Iterator[Any]:
    """Yield the facts, without those that only new servers tell: the name of a NOT NULL keeps the old name."""
    return (getattr(item, fact.name) for fact in COMPARED[item.kind] if "since" not in fact.metadata)


def _labels(change: Change) -> Iterator[tuple[str, str]]:
    """Yield the labels of an enum that have another text at the same place."""
    labels = change.facts.get("labels")
    if isinstance(change.item, Enum) and labels and len(labels.expected) == len(labels.actual):
        places = zip(labels.expected, labels.actual, strict=True)
        yield from ((f"'{mine}'", f"'{yours}'") for mine, yours in places if mine not in labels.actual)


def _spellings(item: Object) -> tuple[str, ...]:
    """Return the name in full and alone, as expressions have it; without arguments and access method."""
    return tuple(re.split(r"\(| USING ", name)[0] or name for name in (item.name, item.label))
