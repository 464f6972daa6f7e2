"""What differs between two catalogs: one change for each object that one side lacks or that has other facts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tools.catalog import COMPARED, Catalog, members
from tools.kinds import Object

# What `grant all` gives on a table; MAINTAIN came with 17
ALL_BEFORE_17 = frozenset(("delete", "insert", "references", "select", "trigger", "truncate", "update"))
OPTION = " with grant option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that differs, as both sides have it."""

    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An object that differs, or that one side lacks; then `facts` is empty. `item` is the one that is there."""

    item: Object
    expected: Object | None = None
    actual: Object | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def word(self) -> Literal["missing", "unexpected", "changed"]:
        """Return the report's word: missing is expected and not there."""
        if self.actual is None:
            return "missing"
        return "unexpected" if self.expected is None else "changed"


def compare(expected: Catalog, actual: Catalog) -> tuple[Change, ...]:
    """Return every change, kind by kind and by name."""
    majors = {catalog.major for catalog in (expected, actual) if catalog.major}
    alike = min(majors) if len(majors) == 2 else sys.maxsize
    return tuple(
        change for member in members() for change in _compare(getattr(expected, member), getattr(actual, member), alike)
    )


def lost(fact: Fact) -> tuple[str, ...]:
    """Return the rights that are expected and not there; all is each of them, with grant option is more than without.

    >>> lost(Fact(expected=("insert", "select"), actual=("select with grant option",)))
    ('insert',)
    """
    has = {right.removesuffix(OPTION) for right in fact.actual}
    if has >= ALL_BEFORE_17 or "all" in has:
        has |= {"all", *(right for right in fact.expected if not right.endswith(OPTION))}
    return tuple(right for right in fact.expected if right not in has | set(fact.actual))


def _compare(expected: tuple[Object, ...], actual: tuple[Object, ...], alike: int) -> Iterator[Change]:
    if expected == actual:
        return
    here = {item.name: item for item in expected}
    there = {item.name: item for item in actual}
    for name in sorted(here.keys() | there.keys()):
        mine, yours = here.get(name), there.get(name)
        if mine is None or yours is None:
            yield Change(item=mine or yours, expected=mine, actual=yours)  # type: ignore[arg-type] # one of them is
        elif mine != yours and (facts := _facts(mine, yours, alike)):
            yield Change(item=mine, expected=mine, actual=yours, facts=facts)


def _facts(expected: Object, actual: Object, alike: int) -> dict[str, Fact]:
    """Return the facts that differ and that both servers tell alike."""
    found = {}
    for fact in COMPARED[expected.kind]:
        mine, yours = getattr(expected, fact.name), getattr(actual, fact.name)
        if "in_common" in fact.metadata:
            mine, yours = _in_common(mine, yours), _in_common(yours, mine)
        if "maintained" in fact.metadata and alike < 17:
            mine, yours = _unmaintained(mine), _unmaintained(yours)
        if mine != yours and fact.metadata.get("since", 0) <= alike:
            found[fact.name] = Fact(expected=mine, actual=yours)
    return found


def _in_common(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    known = set(others)
    return tuple(name for name in names if name in known)


def _unmaintained(privileges: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rights on a table as servers before 17 have them."""
    rest = tuple(privilege for privilege in privileges if not privilege.startswith("maintain"))
    return ("all",) if set(rest) >= ALL_BEFORE_17 else rest
