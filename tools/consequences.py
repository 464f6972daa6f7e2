"""Which changes only follow from another one: what an owner takes along, a new name or type in somebody else's text.

One change in the database is one difference in the report, not a cascade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tools import printing
from tools.changes import Change, Fact
from tools.kinds import Column, Constraint, Privilege
from tools.rarities import ExtensionDependency
from tools.renames import Renames, find_renames

NOT_NULL = {"nullable", "not_null"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All changes of one comparison, looked at from the sides that the rules need."""

    changes: dict[tuple[str, str], Change]  # by word and key
    renames: Renames
    identities: Mapping[str, frozenset[Any]]  # of all that is missing, and all that is unexpected, in the new names
    retyped: bool  # whether any type changed
    moved: frozenset[str]  # keys of tables that entered or left an inheritance
    keyed: frozenset[str]  # keys of columns whose primary key came or went
    dependencies: Mapping[str, str]  # by the key of what goes with an extension, the key of that extension

    def changed(self, keys: Iterable[str]) -> list[Change]:
        """Return the changes of those of these objects that both sides have."""
        return [change for key in keys if (change := self.changes.get(("changed", key)))]


def drop_consequences(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes without those that another one explains."""
    scene = _scene(changes)
    return tuple(_trim(change) for change in changes if not any(explains(change, scene) for explains in RULES))


def goes_with_parent(change: Change, scene: Scene) -> bool:
    """Explain what left, or came, with its owner: the columns of a table, the index of a column."""
    return change.word != "changed" and any((change.word, parent) in scene.changes for parent in change.item.parents)


def goes_with_extension(change: Change, scene: Scene) -> bool:
    """Explain what left, or came, with an extension that it was said to depend on."""
    return (change.word, scene.dependencies.get(change.item.key, "")) in scene.changes


def follows_parent(change: Change, scene: Scene) -> bool:
    """Explain the column of a partition by the column of the partitioned table."""
    sources = scene.changed(change.item.parents) if isinstance(change.item, Column) else []
    return change.word == "changed" and any(
        isinstance(source.item, Column) and change.facts.items() <= source.facts.items() for source in sources
    )


def only_renamed(change: Change, scene: Scene) -> bool:
    """Explain text in which only names differ, and these are new names of renamed objects."""
    if change.word == "changed":
        return all(scene.renames.explain(fact.expected, fact.actual) for fact in change.facts.values())
    other = "unexpected" if change.word == "missing" else "missing"
    is_renamed = change.item.key in scene.renames.origins
    return not is_renamed and scene.renames.identity(change.item) in scene.identities[other]


def only_recast(change: Change, scene: Scene) -> bool:
    """Explain text in which only casts differ, where some column has another type now."""
    return scene.retyped and change.word == "changed" and all(map(_is_cast, change.facts.values()))


def left_the_family(change: Change, scene: Scene) -> bool:
    """Explain what a detached partition keeps as its own, and an attached one gives up."""
    if scene.moved.isdisjoint(change.item.parents[:1]):
        return False
    if change.word == "changed":
        return change.facts.keys() <= {"not_null"}
    return change.item.kind in ("constraint", "index", "trigger")


def made_a_key(change: Change, scene: Scene) -> bool:
    """Explain the NOT NULL that a primary key brings to its columns."""
    return change.word == "changed" and change.item.key in scene.keyed and change.facts.keys() <= NOT_NULL


def changed_hands(change: Change, scene: Scene) -> bool:
    """Explain the rights that a new owner has anyway, and the old one no longer."""
    if not isinstance(change.item, Privilege):
        return False
    owners = [source.facts["owner"] for source in scene.changed(change.item.parents) if "owner" in source.facts]
    grantee = change.item.name.rpartition(" to ")[2]
    return any(grantee in ("its owner", owner.expected, owner.actual) for owner in owners)


RULES = (
    *(goes_with_parent, goes_with_extension, follows_parent, only_renamed, only_recast, left_the_family, made_a_key),
    changed_hands,
)


def _scene(changes: tuple[Change, ...]) -> Scene:
    renames = find_renames(changes)
    return Scene(
        changes={(change.word, change.item.key): change for change in changes},
        renames=renames,
        identities={
            word: frozenset(renames.identity(change.item) for change in changes if change.word == word)
            for word in ("missing", "unexpected")
        },
        retyped=any("type" in change.facts for change in changes),
        moved=frozenset(c.item.key for c in changes if c.facts.keys() & {"partition_of", "inherits"}),
        keyed=frozenset(
            parent
            for change in changes
            if change.word != "changed" and isinstance(change.item, Constraint) and change.item.type == "primary key"
            for parent in change.item.parents
        ),
        dependencies={
            change.item.parents[0]: change.item.parents[1]
            for change in changes
            if isinstance(change.item, ExtensionDependency)
        },
    )


def _trim(change: Change) -> Change:
    """Return a column's change of type without the casts that it brings to default and expression."""
    if not isinstance(change.item, Column) or "type" not in change.facts:
        return change
    kept = {name: fact for name, fact in change.facts.items() if name == "type" or not _is_cast(fact)}
    return replace(change, facts=kept)


def _is_cast(fact: Fact) -> bool:
    """Tell whether two texts of the same shape differ in casts alone."""
    match fact.expected, fact.actual:
        case str(), str():
            return printing.without_casts(fact.expected) == printing.without_casts(fact.actual)
        case tuple(), tuple():
            return list(map(printing.without_casts, fact.expected)) == list(map(printing.without_casts, fact.actual))
    return False
