"""The difference between two catalogs: what is missing, what is unexpected, what has changed, how much it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tools import ignores
from tools.catalog import Catalog
from tools.changes import Change, Fact, compare
from tools.ignores import Entry
from tools.kinds import Column, Table, View

if TYPE_CHECKING:
    from tools.remedies import Remedy, Scene

ABOUT = ("comment", "privilege", "security label")  # kinds that say something of another object


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as expected.

    `where` is the file and line that made it, known to whoever knows the files. `compatible` tells whether a model that
    mirrors the expected side keeps working; `hint` is the SQL that brings the actual side back, `note` why none does,
    or what it costs. `group` is the object that it is part of.
    """

    change: Literal["missing", "unexpected", "changed"]
    kind: str
    name: str
    facts: Mapping[str, Fact]
    where: str | None = None
    severity: Literal["breaking", "change", "cosmetic"]
    compatible: bool
    hint: str | None
    note: str | None = None
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The differences that count, those that ``.driftignore`` leaves out, and its entries that name anything."""

    differences: tuple[Difference, ...]
    ignored: tuple[Difference, ...] = ()
    used: frozenset[Entry] = frozenset()
    remedies: Mapping[str, Remedy] = field(default_factory=dict, repr=False)
    scene: Scene | None = field(default=None, repr=False)


def diff(expected: Catalog, actual: Catalog) -> tuple[Difference, ...]:
    """Return the differences, kind by kind and by name; none where the catalogs mean the same."""
    return find(expected, actual, ()).differences


def find(expected: Catalog, actual: Catalog, entries: tuple[Entry, ...] = ()) -> Drift:
    """Return the differences, sifted by the entries of ``.driftignore``."""
    changes = compare(expected, actual)
    if not changes and not entries:
        return Drift(differences=())
    from tools import remedies  # what is the same needs no words for what differs
    from tools.consequences import drop_consequences
    from tools.renames import find_renames

    sifted = ignores.sift(drop_consequences(changes), expected, actual, entries)
    if not sifted.kept and not sifted.ignored:
        return Drift(differences=(), used=sifted.used)
    scene = remedies.scene(expected, actual, find_renames(changes))
    kept = [(change, remedies.remedy(change, scene)) for change in sifted.kept]
    return Drift(
        differences=tuple(_difference(change, remedy, scene) for change, remedy in kept),
        ignored=tuple(_difference(change, remedies.Remedy(), scene) for change in sifted.ignored),
        used=sifted.used,
        remedies={f"{change.word} {change.item.key}": remedy for change, remedy in kept},
        scene=scene,
    )


def mend(found: Drift, *, head: str, destructive: bool) -> str:
    """Return the script that brings the actual side back."""
    if found.scene is None:
        return f"-- {head}\n-- nothing to do"
    from tools import script

    return script.write(found.remedies, found.scene, head=head, destructive=destructive)


def _difference(change: Change, remedy: Remedy, scene: Scene) -> Difference:
    from tools import script, severity

    costs = [deed.costs for deed in remedy.deeds if deed.costs]
    return Difference(
        change=change.word,
        kind=change.item.kind,
        name=change.item.name,
        facts=change.facts,
        severity=severity.judge(change),
        compatible=severity.is_compatible(change, scene.enums) or _is_stood_in_for(change, scene),
        hint=script.hint(remedy, scene),
        note=remedy.reason or (costs[0] if costs else None),
        group=_group(change, scene),
    )


def _is_stood_in_for(change: Change, scene: Scene) -> bool:
    """Tell whether a table has another name now, and a view of its old one shows it as it was."""
    if not isinstance(change.item, Table):
        return False
    view = scene.actual.items.get(f"view {change.item.name}")
    new = next((old.name for new, old in scene.renames.pairs if new.key == change.item.key), None)
    names = ",\n    ".join(change.item.columns)
    printed = f" {names}\n   FROM {new};"
    return isinstance(view, View) and view.definition.removeprefix(" SELECT") == printed


def _group(change: Change, scene: Scene) -> str:
    """Return the key of the table, or other object, that the changed one is part of, or is itself."""
    item = change.item
    owners = [parent for parent in item.parents if not parent.startswith(("schema ", "column "))]
    if owners or not item.parents or item.kind not in ABOUT:
        return owners[0] if owners else item.key
    subject = scene.expected.items.get(item.parents[0]) or scene.actual.items.get(item.parents[0])
    return subject.parents[0] if isinstance(subject, Column) else item.parents[0]
