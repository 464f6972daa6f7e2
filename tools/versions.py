"""What a statement needs a newer PostgreSQL for than the one that it is for; scratch may run another.

The switches that were measured are in tests/data/lock_facts.tsv; the words are the release notes' of each version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tools import tree
from tools.effects import Effect
from tools.scenes import Check, Hit, Scene, rule


def _virtual(node: Any, _: Scene) -> bool:
    return any(tree.word(one) == "Constraint" and one.generated_kind == "v" for one in tree.walk(node))


def _not_null_constraint(node: Any, _: Scene) -> bool:
    return any(
        tree.word(one.def_) == "Constraint" and tree.member(one.def_.contype) == "NOTNULL"
        for one in tree.commands(node)
    )


def _not_enforced(node: Any, _: Scene) -> bool:
    kinds = ("ATTR_NOT_ENFORCED", "ATTR_ENFORCED")
    for one in tree.walk(node):
        if tree.word(one) == "Constraint":
            if tree.member(one.contype) in kinds or (tree.member(one.contype) in CHECKED and not one.is_enforced):
                return True
        elif tree.word(one) == "ATAlterConstraint" and one.alterEnforceability:
            return True
    return False


def _without_overlaps(node: Any, _: Scene) -> bool:
    found = (one for one in tree.walk(node) if tree.word(one) == "Constraint")
    return any(one.without_overlaps or one.fk_with_period for one in found)


def _key_of_partitioned(node: Any, scene: Scene) -> bool:
    partitioned = {tree.bare(table.name) for table in scene.after.tables if table.partition_key}
    return any(
        tree.member(one.contype) == "FOREIGN" and one.skip_validation and node.relation.relname in partitioned
        for one in tree.constraints(node)
    )


def _does(action: str) -> Callable[[Any, Scene], bool]:
    return lambda node, _: any(tree.member(one.subtype) == action for one in tree.commands(node))


def _returns_from_merge(node: Any, _: Scene) -> bool:
    return any(tree.word(one) == "MergeStmt" and one.returningClause for one in tree.walk(node))


CHECKED = ("CHECK", "FOREIGN")
# The first version that takes it, in words, and how it is seen
NEEDS: tuple[tuple[int, str, Callable[[Any, Scene], bool]], ...] = (
    (18, "a virtual generated column", _virtual),
    (18, "a NOT NULL constraint with a name, or not valid", _not_null_constraint),
    (18, "a constraint that is not enforced", _not_enforced),
    (18, "a key without overlaps", _without_overlaps),
    (18, "a foreign key of a partitioned table that is not valid", _key_of_partitioned),
    (17, "set expression", _does("SetExpression")),
    (17, "merge ... returning", _returns_from_merge),
)


def needs(effect: Effect, scene: Scene) -> tuple[int, str] | None:
    """Return the version that a statement needs, and for what; None where every supported one takes it."""
    return next(((version, words) for version, words, fits in NEEDS if fits(effect.node, scene)), None)


def _find(scene: Scene) -> Iterator[Hit]:
    for effect in scene.effects:
        found = needs(effect, scene)
        if found and found[0] > scene.major:
            yield Hit(effect=effect, message=f"{found[1]} needs PostgreSQL {found[0]}, and this is for {scene.major}")
    yield from _find_new_label(scene)


def _find_new_label(scene: Scene) -> Iterator[Hit]:
    """Find a label that is used in the transaction that made its type: 17 takes it, 16 does not."""
    made: set[str] = set()
    labels: dict[str, int] = {}
    for effect in scene.effects if scene.major < 17 else ():
        node = effect.node
        used = [label for label, at in labels.items() if at == effect.transaction and _uses(node, label)]
        if used:
            message = f"{used[0]!r} is used in the transaction that added it: PostgreSQL {scene.major} refuses that"
            yield Hit(effect=effect, message=message)
        if tree.word(node) == "CreateEnumStmt":
            made.add(node.typeName[-1].sval)
        elif tree.word(node) == "AlterEnumStmt" and node.typeName[-1].sval in made and not node.oldVal:
            labels[node.newVal] = effect.transaction


def _uses(node: Any, label: str) -> bool:
    """Tell whether the statement has the label as a constant; a column may have the same name."""
    constants = (one.val for one in tree.walk(node) if tree.word(one) == "A_Const")
    return any(tree.word(value) == "String" and value.sval == label for value in constants)


CHECKS = (
    Check(
        rule=rule(
            "newer-version",
            "high",
            reason="the server that the file is for does not know the statement, or refuses it",
            instead="what the older version takes; or upgrade first",
        ),
        find=_find,
    ),
)
