"""The difference between two catalogs: what is missing, what is unexpected, what has changed, how much it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tools.catalog import Catalog
from tools.changes import Change, Fact, compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as expected.

    `where` is the file and line that made it, known to whoever knows the files. `compatible` tells whether a model that
    mirrors the expected side keeps working; `hint` is the statement that brings the actual side back, where one can.
    """

    change: Literal["missing", "unexpected", "changed"]
    kind: str
    name: str
    facts: Mapping[str, Fact]
    where: str | None = None
    severity: Literal["breaking", "change", "cosmetic"]
    compatible: bool
    hint: str | None


def diff(expected: Catalog, actual: Catalog) -> tuple[Difference, ...]:
    """Return the differences, kind by kind and by name; none where the catalogs mean the same."""
    changes = compare(expected, actual)
    if not changes:
        return ()
    from tools.consequences import drop_consequences

    return tuple(_difference(change) for change in drop_consequences(changes))


def _difference(change: Change) -> Difference:
    from tools import hints, severity  # what is the same needs no words for what differs

    return Difference(
        change=change.word,
        kind=change.item.kind,
        name=change.item.name,
        facts=change.facts,
        severity=severity.judge(change),
        compatible=severity.is_compatible(change),
        hint=hints.suggest(change),
    )
