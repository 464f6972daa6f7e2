"""What differs between two catalogs: one change for each object that one side lacks or that has other facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tools.catalog import COMPARED, Catalog, members
from tools.kinds import Object


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
    major = min(expected.major or actual.major, actual.major or expected.major)
    return tuple(
        change for member in members() for change in _compare(getattr(expected, member), getattr(actual, member), major)
    )


def _compare(expected: tuple[Object, ...], actual: tuple[Object, ...], major: int) -> Iterator[Change]:
    if expected == actual:
        return
    here = {item.name: item for item in expected}
    there = {item.name: item for item in actual}
    for name in sorted(here.keys() | there.keys()):
        mine, yours = here.get(name), there.get(name)
        if mine is None or yours is None:
            yield Change(item=mine or yours, expected=mine, actual=yours)  # type: ignore[arg-type] # one of them is
        elif mine != yours and (facts := _facts(mine, yours, major)):
            yield Change(item=mine, expected=mine, actual=yours, facts=facts)


def _facts(expected: Object, actual: Object, major: int) -> dict[str, Fact]:
    """Return the facts that differ and that both servers can tell."""
    found = {}
    for fact in COMPARED[expected.kind]:
        mine, yours = getattr(expected, fact.name), getattr(actual, fact.name)
        if "in_common" in fact.metadata:
            mine, yours = _in_common(mine, yours), _in_common(yours, mine)
        if mine != yours and fact.metadata.get("since", 0) <= major:
            found[fact.name] = Fact(expected=mine, actual=yours)
    return found


def _in_common(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    known = set(others)
    return tuple(name for name in names if name in known)
