"""Rules about rows: many that are changed at once, and those that are gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools import tree
from tools.effects import Effect
from tools.scenes import Check, Hit, Scene, rule

SHARE = 20  # one row of so many, changed in one statement of a large table, is too much for one transaction


def _find_many(scene: Scene) -> Iterator[Hit]:
    for effect in scene.effects:
        if _is_batch(effect) or _deletes_all(effect):
            continue
        for one in scene.large(effect):
            if one.rows and one.changed * SHARE >= one.rows:
                share = round(100 * min(one.changed, one.rows) / one.rows)
                message = f"changes {share} % of the rows of {scene.sizes.said(one.relation)} in one transaction"
                yield Hit(effect=effect, message=message)


def _is_batch(effect: Effect) -> bool:
    return any(tree.word(one) == "SelectStmt" and one.limitCount is not None for one in tree.walk(effect.node))


def _deletes_all(effect: Effect) -> bool:
    return tree.word(effect.node) == "DeleteStmt" and effect.node.whereClause is None


def _find_truncated(scene: Scene) -> Iterator[Hit]:
    for effect in scene.effects:
        if tree.word(effect.node) == "TruncateStmt":
            names = [scene.sizes.said(one.relation) for one in scene.large(effect) if one.rewritten]
            if names:
                yield Hit(effect=effect, message=f"empties {', '.join(names)}")


def _find_deleted(scene: Scene) -> Iterator[Hit]:
    for effect in scene.effects:
        if _deletes_all(effect):
            table = effect.node.relation.relname
            found = (one for one in scene.large(effect) if one.changed or tree.bare(one.relation) == table)
            names = [scene.sizes.said(one.relation) for one in found]
            if names:
                yield Hit(effect=effect, message=f"deletes every row of {', '.join(names)}")


def _find_cascade(scene: Scene) -> Iterator[Hit]:
    """Find what went with something else, and no statement names; what is part of a dropped table needs no word."""
    named = {word for effect in scene.effects for word in re.findall(r"[\w$]+", effect.statement.text.lower())}
    for effect in scene.effects:
        if not _cascades(effect):
            continue
        gone = [
            f"{one.kind} {one.name}"
            for one in scene.differences
            if one.change == "missing"
            and one.kind not in ("comment", "privilege", "index")
            and tree.bare(one.name).lower() not in named
        ]
        if gone:
            yield Hit(effect=effect, message=f"cascade drops, without naming it: {', '.join(gone)}")


def _cascades(effect: Effect) -> bool:
    return any(
        tree.member(getattr(one, "behavior", None)) == "CASCADE"
        for one in tree.walk(effect.node)
        if tree.word(one) in ("DropStmt", "AlterTableCmd", "DropOwnedStmt")
    )


CHECKS = (
    Check(
        rule=rule(
            "many-rows-at-once",
            "high",
            reason="every changed row stays locked, and every dead one stays, to the end of the transaction",
            instead="batches of a few thousand rows, each committed: a file with -- transactional: false, or a script",
        ),
        find=_find_many,
    ),
    Check(
        rule=rule(
            "truncate",
            "high",
            reason="all rows are gone, and no rollback file brings them back",
            instead="delete in batches what is not needed, after a copy",
        ),
        find=_find_truncated,
    ),
    Check(
        rule=rule(
            "delete-all",
            "high",
            reason="all rows are gone, and no rollback file brings them back",
            instead="say which rows with where, after a copy, in batches",
        ),
        find=_find_deleted,
    ),
    Check(
        rule=rule(
            "drop-cascade",
            "high",
            reason="cascade drops whatever depends on it, today's and what somebody adds before this is applied",
            instead="drop each object by its name, and let PostgreSQL refuse what was forgotten",
        ),
        find=_find_cascade,
    ),
)
