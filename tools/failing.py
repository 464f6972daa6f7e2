"""Rules about files that fail when they are applied: measured, and told by SQLSTATE and statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools import tree
from tools.effects import Effect
from tools.findings import Rule
from tools.scenes import Check, Hit, Scene, rule
from tools.statements import outside_transaction, own_transaction

DEPENDENT = ("0A000", "2BP01")
# A time with a zone, or without one: what is read in the time zone of the session
NAIVE = re.compile(r"^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A way in which PostgreSQL refuses a statement; the first that fits names the rule."""

    rule: Rule
    states: tuple[str, ...]
    fits: Callable[[Effect], bool] = lambda _: True


def _is(*words: str) -> Callable[[Effect], bool]:
    return lambda effect: tree.word(effect.node) in words


def _does(*actions: str) -> Callable[[Effect], bool]:
    return lambda effect: any(tree.member(one.subtype) in actions for one in tree.commands(effect.node))


def _drops_index(effect: Effect) -> bool:
    return tree.word(effect.node) == "DropStmt" and tree.member(effect.node.removeType) == "INDEX"


def _is_concurrent_index(effect: Effect) -> bool:
    return tree.word(effect.node) == "IndexStmt" and bool(effect.node.concurrent)


REFUSALS = (
    Refusal(
        rule=rule(
            "not-null-without-default",
            "high",
            reason="a new column that must not be null has no value for the rows that are there",
            instead="add it with a default; or nullable, fill it in batches, set it not null with a CHECK as proof",
        ),
        states=("23502",),
        fits=_does("AddColumn"),
    ),
    Refusal(
        rule=rule(
            "data-contradicts-constraint",
            "high",
            reason="rows that are there have nulls, duplicates or values that the constraint refuses",
            instead="count them first, mend them in a file before; add the constraint not valid until then",
        ),
        states=("23502", "23503", "23505", "23514", "23P01"),
    ),
    Refusal(
        rule=rule(
            "new-enum-value-used",
            "high",
            reason="a new value of an enum cannot be used before the transaction that added it has committed",
            instead="add the value in a file of its own, and use it in the next",
        ),
        states=("55P04",),
    ),
    Refusal(
        rule=rule(
            "concurrently-on-partitioned",
            "high",
            reason="no index can be built concurrently on a partitioned table",
            instead="create index on only the parent, concurrently on each partition, then alter index ... attach",
        ),
        states=("0A000",),
        fits=_is_concurrent_index,
    ),
    Refusal(
        rule=rule(
            "detach-concurrently-with-default",
            "high",
            reason="a partition cannot be detached concurrently where there is a default partition",
            instead="detach the partition in a quiet moment: the lock is short; or detach the default first",
        ),
        states=("55000",),
        fits=_does("DetachPartition"),
    ),
    Refusal(
        rule=rule(
            "foreign-key-not-valid-partitioned",
            "high",
            reason="before 18 a foreign key of a partitioned table cannot be not valid",
            instead="add it not valid to each partition and validate it there, then to the parent",
        ),
        states=("42809",),
        fits=_does("AddConstraint"),
    ),
    Refusal(
        rule=rule(
            "index-of-constraint",
            "high",
            reason="the index belongs to a constraint, and goes with it only",
            instead="alter table ... drop constraint",
        ),
        states=("2BP01",),
        fits=_drops_index,
    ),
    Refusal(
        rule=rule(
            "view-column-changed",
            "high",
            reason="create or replace view may add columns at the end, and neither drop, rename nor retype one",
            instead="drop the view and create it again in the same file, with its grants; or a second view",
        ),
        states=("42P16",),
        fits=_is("ViewStmt"),
    ),
    Refusal(
        rule=rule(
            "dependent-object",
            "high",
            reason="other objects depend on what is dropped or changed",
            instead="drop the dependent view first and create it again after, in the same file",
        ),
        states=DEPENDENT,
        fits=_is("AlterTableStmt", "DropStmt"),
    ),
    Refusal(
        rule=rule(
            "concurrently-in-transaction",
            "high",
            reason="the statement cannot run inside a transaction",
            instead="a file of its own that says -- transactional: false at the top",
        ),
        states=("25001",),
    ),
)
FAILS = rule(
    "fails",
    "high",
    reason="the file does not come to its end on a scratch database in the state before it",
    instead="mend the statement: the message says what PostgreSQL refuses",
)
OPENS = rule(
    "own-transaction",
    "low",
    class_="hygiene",
    reason="the transaction of a file is the runner's, which refuses one that brings its own",
    instead="delete begin and commit; or, for an adopted file, write -- transactional: own at the top",
)
INVALID = rule(
    "invalid-index-stays",
    "high",
    reason="an index that an earlier try left invalid is there already, and if not exists passes over it",
    instead="drop index concurrently, then create it again",
)
NAIVE_BOUND = rule(
    "partition-bound-without-offset",
    "low",
    class_="hygiene",
    reason="a bound of a timestamptz partition without an offset means another time in another session's time zone",
    instead="write the offset: '2026-01-01 00:00+00'",
)


def refused(effect: Effect) -> Rule | None:
    """Return the rule that says why a statement failed; None where it did not."""
    if effect.failure is None:
        return None
    state = effect.failure.sqlstate
    return next((one.rule for one in REFUSALS if state in one.states and one.fits(effect)), FAILS)


def _find(wanted: Rule) -> Callable[[Scene], Iterator[Hit]]:
    def find(scene: Scene) -> Iterator[Hit]:
        for effect in scene.effects:
            if effect.failure is not None and refused(effect) is wanted:
                when = "at the end of the transaction: " if effect.at_commit else ""
                yield Hit(effect=effect, message=f"{when}{effect.failure.message} ({effect.failure.sqlstate})")

    return find


def _find_concurrently(scene: Scene) -> Iterator[Hit]:
    """Find what the runner refuses before it runs: such a file was measured as if it said -- transactional: false."""
    found = outside_transaction(scene.script.text) if scene.script.transactional == "true" else None
    if found is not None and not own_transaction(scene.script.text):
        effect = next((one for one in scene.effects if one.statement.start == found.start), scene.effects[0])
        yield Hit(effect=effect, message=f"{found.words} cannot run inside a transaction")
    yield from _find(REFUSALS[-1].rule)(scene)


def _find_own(scene: Scene) -> Iterator[Hit]:
    found = own_transaction(scene.script.text) if scene.script.transactional != "own" else None
    if found is not None:
        effect = next((one for one in scene.effects if one.statement.start == found.start), scene.effects[0])
        yield Hit(effect=effect, message=f"{found.words!r}: the runner refuses the file")


def _find_invalid(scene: Scene) -> Iterator[Hit]:
    for effect in scene.effects:
        if tree.word(effect.node) == "IndexStmt" and effect.node.if_not_exists:
            name = next((one for one in scene.measurement.invalid if tree.bare(one) == effect.node.idxname), None)
            if name:
                yield Hit(effect=effect, message=f"{name} is there, invalid, and stays so")


def _find_naive_bound(scene: Scene) -> Iterator[Hit]:
    zoned = {column.name.rpartition(".")[0] for column in scene.after.columns if "with time zone" in column.type}
    for effect in scene.effects:
        bounds = [one for one in tree.walk(effect.node) if tree.word(one) == "PartitionBoundSpec"]
        parents = {name for _, name in tree.relations(effect.node)}
        if not any(tree.bare(table) in parents for table in zoned):
            continue
        texts = [
            value.val.sval
            for bound in bounds
            for value in tree.walk((bound.lowerdatums, bound.upperdatums, bound.listdatums))
            if tree.word(value) == "A_Const" and tree.word(value.val) == "String" and NAIVE.match(value.val.sval)
        ]
        if texts:
            yield Hit(effect=effect, message=f"{', '.join(texts)} is read in the time zone of the session")


CHECKS = (
    *(Check(rule=one.rule, find=_find(one.rule)) for one in REFUSALS[:-1]),
    Check(rule=REFUSALS[-1].rule, find=_find_concurrently),
    Check(rule=FAILS, find=_find(FAILS)),
    Check(rule=OPENS, find=_find_own),
    Check(rule=INVALID, find=_find_invalid),
    Check(rule=NAIVE_BOUND, find=_find_naive_bound),
)
