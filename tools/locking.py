"""Rules about locks: work that grows with a table while a lock keeps others out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools import tree
from tools.causes import CAUSES, does
from tools.effects import BLOCKS_READERS, BLOCKS_WRITERS, Effect, Impact
from tools.findings import Rule
from tools.scenes import Check, Hit, Scene, rule

VALIDATES = rule(
    "validate-in-same-transaction",
    "high",
    reason="the lock of an earlier statement is held while the constraint reads every row",
    instead="validate the constraint in a file of its own",
)
LATE = rule(
    "work-after-lock",
    "high",
    reason="the lock of an earlier statement is held to the end of the transaction, and so while this one works",
    instead="a file each: first what takes the lock for an instant, then the work",
)
UNDER = rule(
    "work-under-lock",
    "high",
    reason="work that grows with a table is done under a lock that keeps others out",
    instead="split it, so that what takes the lock is done in an instant",
)


def explain(effect: Effect, one: Impact, scene: Scene) -> Rule | None:
    """Return the rule that says what is wrong with a statement's work on one table; None where nobody is kept out."""
    mode = one.strongest
    blocks = BLOCKS_READERS if one.kind == "m" else BLOCKS_WRITERS  # nobody but its refresh writes to a view
    if tree.word(effect.node) == "TruncateStmt" or mode not in blocks or not (one.worked or _writes(one)):
        return None
    if _is_attached(effect, one):
        return None
    for cause in CAUSES:
        if cause.fits(effect, one, scene):
            return cause.rule
    if mode in one.taken:
        return UNDER if one.worked else None
    return VALIDATES if does("ValidateConstraint")(effect, one, scene) else LATE


def _is_attached(effect: Effect, one: Impact) -> bool:
    """Tell whether the table is the one that becomes a partition: until then nobody asks for it."""
    return any(
        tree.member(command.subtype) == "AttachPartition" and tree.bare(one.relation) == command.def_.name.relname
        for command in tree.commands(effect.node)
    )


def _writes(one: Impact) -> bool:
    return one.changed * 20 >= max(one.rows, 20)


def _find(wanted: Rule) -> Callable[[Scene], Iterator[Hit]]:
    def find(scene: Scene) -> Iterator[Hit]:
        for effect in scene.effects:
            found = [one for one in scene.large(effect) if explain(effect, one, scene) is wanted]
            if found and effect.failure is None:
                yield Hit(effect=effect, message="; ".join(_say(one, scene) for one in found))

    return find


def _find_late(scene: Scene) -> Iterator[Hit]:
    """Find work after a lock on the same table, and work on one table after a lock on another."""
    yield from _find(LATE)(scene)
    locked: dict[str, str] = {}
    transaction = 0
    for effect in scene.effects:
        if effect.alone or effect.transaction != transaction:
            locked, transaction = {}, effect.transaction
        works = [one for one in scene.large(effect) if one.worked or _writes(one)]
        others = {name: mode for name, mode in locked.items() if all(one.relation != name for one in works)}
        if works and others and not any(explain(effect, one, scene) for one in works) and effect.failure is None:
            held = ", ".join(f"{name} ({mode})" for name, mode in others.items())
            yield Hit(effect=effect, message=f"{_work(works[0], scene)} while an earlier statement has locked {held}")
        for one in scene.large(effect):
            if one.kind in "rp" and one.strongest in BLOCKS_WRITERS:
                locked[one.relation] = one.strongest


def _say(one: Impact, scene: Scene) -> str:
    """Return what the statement does to a table, and whom it keeps out."""
    kept = "nobody may read or write it" if one.strongest in BLOCKS_READERS else "nobody may write to it"
    return f"{_work(one, scene)} while {kept} ({one.strongest})"


def _work(one: Impact, scene: Scene) -> str:
    table = scene.sizes.said(one.relation)
    if one.rewritten:
        return f"writes all of {table} again"
    if one.built:
        return f"builds {', '.join(one.built)} on {table}"
    return f"reads all of {table}" if one.scanned else f"changes many rows of {table}"


CHECKS = (
    *(Check(rule=one, find=_find(one)) for one in (*(cause.rule for cause in CAUSES), VALIDATES, UNDER)),
    Check(rule=LATE, find=_find_late),
)
