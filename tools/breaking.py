"""Rules about the release that is running: what it uses is taken away, renamed, or takes its writes no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools import tree
from tools.catalog import Catalog, objects
from tools.changes import lost
from tools.findings import Risk
from tools.kinds import Constraint
from tools.scenes import Check, Hit, Scene, rule

# What a release may use, in PostgreSQL's words
USED = ("table", "column", "view", "materialized view", "function", "enum", "domain", "composite type", "sequence")
RELEASE_FIRST = (
    "release first an application that does without it; then a file that says -- phase: contract at its top,"
    " with risk, mitigation and rollback"
)
LENIENT = ("cascade", "set null", "set default")  # on delete
TARGETS = ("primary key", "unique")
# What a release asks for by its name, in the parser's words (ObjectType in parsenodes.h)
RENAMED = (
    *("TABLE", "FOREIGN_TABLE", "COLUMN", "VIEW", "MATVIEW", "SEQUENCE", "TYPE", "DOMAIN", "SCHEMA"),
    *("FUNCTION", "PROCEDURE", "ROUTINE"),
)


def _dropped(kind: str) -> Callable[[Scene], Iterator[Hit]]:
    """Return a function that finds what is gone after the file, where it does not say that it contracts."""

    def find(scene: Scene) -> Iterator[Hit]:
        renamed = scene.renamed
        for one in scene.differences if not scene.contracts else ():
            if one.change == "missing" and one.kind == kind and tree.bare(one.name) not in renamed:
                effect = scene.about(one.name)
                yield Hit(effect=effect, message=f"{one.kind} {one.name} is dropped, and the release may still use it")

    return find


def _find_renamed(scene: Scene) -> Iterator[Hit]:
    """Find renamed tables, views, columns, types and enum labels; a view of the old name stands in for a table."""
    views = {tree.bare(view.name) for view in scene.after.views}
    there = {tree.bare(one.name.partition("(")[0]) for one in objects(scene.before)}
    for effect in scene.effects:
        node = effect.node
        if tree.word(node) == "AlterObjectSchemaStmt":
            old = tree.old_name(node)
            new, is_there = f"{node.newschema}.{old}", old in there and tree.member(node.objectType) in RENAMED
        elif tree.word(node) == "RenameStmt":
            old, new = tree.old_name(node), node.newname
            is_there = old in there and tree.member(node.renameType) in RENAMED
        elif tree.word(node) == "AlterEnumStmt" and node.oldVal:
            old, new, is_there = node.oldVal, node.newVal, True
        else:
            continue
        if is_there and old not in views and not scene.contracts:
            yield Hit(effect=effect, message=f"{old} is called {new} now, and the release asks for {old}")


def _find_required(scene: Scene) -> Iterator[Hit]:
    renamed = {effect.node.newname for effect in scene.effects if tree.word(effect.node) == "RenameStmt"}
    for one in scene.differences:
        if one.change != "unexpected" or one.kind != "column":
            continue
        if tree.bare(one.name) in renamed or scene.about(one.name).failure is not None:
            continue
        column = next(c for c in scene.after.columns if c.name == one.name)
        if not (column.nullable or column.default or column.generated or column.identity):
            message = f"{one.name} must be given, and the release that is running does not know it"
            yield Hit(effect=scene.about(one.name), message=message)


def _find_default(scene: Scene) -> Iterator[Hit]:
    for one in scene.differences if not scene.contracts else ():
        fact = one.facts.get("default") if one.kind == "column" else None
        if fact is None or fact.actual:
            continue
        column = next(c for c in scene.after.columns if c.name == one.name)
        if not column.nullable and not column.identity:
            message = f"{one.name} has no default any more, and the release may leave it out when it writes"
            yield Hit(effect=scene.about(one.name), message=message)


def _find_target(scene: Scene) -> Iterator[Hit]:
    after = {(c.name.rpartition(".")[0], c.columns) for c in scene.after.constraints if c.type in TARGETS}
    after |= {(i.table, i.keys) for i in scene.after.indexes if i.unique and i.valid}
    targets = {c.name: (c.name.rpartition(".")[0], c.columns) for c in scene.before.constraints if c.type in TARGETS}
    targets |= {i.name: (i.table, i.keys) for i in scene.before.indexes if i.unique}
    tables = {table.name for table in scene.after.tables}
    for one in scene.differences if not scene.contracts else ():
        target = targets.get(one.name) if one.kind in ("constraint", "index") else None
        if target and target not in after and target[0] in tables:
            word = "dropped" if one.change == "missing" else "another one now"
            message = f"{one.name} is {word}: on conflict ({', '.join(target[1])}) of the release fails from now on"
            yield Hit(effect=scene.about(one.name), message=message)


def _find_stricter(scene: Scene) -> Iterator[Hit]:
    def keys(catalog: Catalog) -> dict[tuple[str, tuple[str, ...], str | None], Constraint]:
        return {(c.container, c.columns, c.references): c for c in catalog.constraints if c.type == "foreign key"}

    before = keys(scene.before)
    for key, now in keys(scene.after).items():
        was = before.get(key)
        if was and was.on_delete in LENIENT and now.on_delete not in LENIENT and not scene.contracts:
            message = f"{now.name}: a row of {now.references} that is referenced cannot be deleted any more"
            yield Hit(effect=scene.about(now.name), message=message)


def _find_locked_out(scene: Scene) -> Iterator[Hit]:
    before = {table.name for table in scene.before.tables if not table.row_security}
    guarded = {policy.name.rpartition(".")[0] for policy in scene.after.policies}
    for table in scene.after.tables:
        if table.row_security and table.name in before and table.name not in guarded:
            message = f"{table.name} has row-level security and no policy: reads find nothing, writes are refused"
            yield Hit(effect=scene.about(table.name), message=message)


def _find_unguarded(scene: Scene) -> Iterator[Hit]:
    guarded = {table.name for table in scene.before.tables if table.row_security}
    for table in scene.after.tables:
        if table.name in guarded and not table.row_security:
            message = f"{table.name} has no row-level security any more: who may read it reads every row"
            yield Hit(effect=scene.about(table.name), message=message)


def _find_revoked(scene: Scene) -> Iterator[Hit]:
    for one in scene.differences if not scene.contracts else ():
        if one.kind != "privilege":
            continue
        about = one.name.rpartition(" to ")[0].partition(" ")[2]
        fact = one.facts.get("privileges")
        gone = lost(fact) if fact else ()
        if gone or one.change == "missing":
            said = f"{', '.join(gone)} on {one.name}" if gone else one.name
            yield Hit(effect=scene.about(about), message=f"{said}: the release may need it")


def _find_broken(scene: Scene) -> Iterator[Hit]:
    for table, reason in scene.broken:
        message = f"a write to {table} that was fine before the file fails after it: {reason}"
        yield Hit(effect=scene.about(table), message=message)


def _find_queries(scene: Scene) -> Iterator[Hit]:
    for name, reason in scene.queries:
        yield Hit(effect=scene.about(_named(reason)), message=f"the query {name} of the release {reason}")


def _named(reason: str) -> str:
    """Return the last name of a message like: column t.title does not exist."""
    words = [word.strip('"') for word in reason.split() if word.strip('"').replace(".", "").isidentifier()]
    return next((words[at - 2] for at, word in enumerate(words) if word == "not" and at > 1), "")


def _find_retyped(scene: Scene) -> Iterator[Hit]:
    for one in scene.differences:
        if one.kind == "column" and "type" in one.facts:
            message = f"statements that return {one.name} and were prepared before fail until they are prepared again"
            yield Hit(effect=scene.about(one.name), message=message)


def _find_json(scene: Scene) -> Iterator[Hit]:
    names = {one.name for one in scene.differences if one.change == "unexpected" and one.kind == "column"}
    for column in scene.after.columns:
        if column.name in names and column.type == "json":
            message = f"{column.name} is json, which has no equality: select distinct on its table fails"
            yield Hit(effect=scene.about(column.name), message=message)


def _drops(kind: str, risk: Risk) -> Check:
    return Check(
        rule=rule(
            f"drop-{kind.replace(' ', '-')}",
            risk,
            reason=f"the release that is running may use the {kind}, and what it held is gone",
            instead=RELEASE_FIRST,
        ),
        find=_dropped(kind),
    )


CHECKS = (
    *(_drops(kind, "high" if kind in ("table", "column") else "medium") for kind in USED),
    Check(
        rule=rule(
            "rename",
            "high",
            reason="the release that is running asks for the old name, and fails from this moment",
            instead="the new column or table beside the old one, or a view of the old name; drop the old one later",
        ),
        find=_find_renamed,
    ),
    Check(
        rule=rule(
            "required-column",
            "high",
            reason="the release that is running does not know the column, and its inserts fail",
            instead="give it a default, or make it not null when every release fills it",
        ),
        find=_find_required,
    ),
    Check(
        rule=rule(
            "drop-default",
            "medium",
            reason="the release that is running may rely on the default of a column that must not be null",
            instead=RELEASE_FIRST,
        ),
        find=_find_default,
    ),
    Check(
        rule=rule(
            "conflict-target-dropped",
            "high",
            reason="insert ... on conflict needs a unique index on exactly these columns",
            instead="the new unique index first, then a release that names it; " + RELEASE_FIRST,
        ),
        find=_find_target,
    ),
    Check(
        rule=rule(
            "foreign-key-stricter",
            "medium",
            reason="the release that is running deletes rows, and on delete takes care of those that refer to them",
            instead=RELEASE_FIRST,
        ),
        find=_find_stricter,
    ),
    Check(
        rule=rule(
            "row-security-locks-out",
            "high",
            reason="with row-level security and no policy, whoever is not the owner sees no row",
            instead="create the policies in the same file, before row-level security is enabled",
        ),
        find=_find_locked_out,
    ),
    Check(
        rule=rule(
            "row-security-off",
            "high",
            reason="the policies no longer count, and every user sees and changes the rows of all others",
            instead="a policy that says who else may see them: create policy ... to that role using (true)",
        ),
        find=_find_unguarded,
    ),
    Check(
        rule=rule(
            "revoke",
            "medium",
            reason="the release that is running may need the privilege",
            instead=RELEASE_FIRST,
        ),
        find=_find_revoked,
    ),
    Check(
        rule=rule(
            "write-fails",
            "high",
            reason="the file applies cleanly, and every write to a table fails from then on: a trigger or its function",
            instead="mend the trigger function; call it in a test before it is applied",
        ),
        find=_find_broken,
    ),
    Check(
        rule=rule(
            "query-breaks",
            "high",
            reason="a documented query, which the release that is running sends, fails from this moment",
            instead=RELEASE_FIRST,
        ),
        find=_find_queries,
    ),
    Check(
        rule=rule(
            "result-type-changes",
            "low",
            class_="hygiene",
            reason="a prepared statement whose result changes its type fails: cached plan must not change result type",
            instead="sessions that prepare nothing (psycopg: prepare_threshold=None), or recycle the pool at once",
        ),
        find=_find_retyped,
    ),
    Check(
        rule=rule(
            "add-json-column",
            "low",
            class_="hygiene",
            reason="json has no equality operator: select distinct, union and group by on its table fail",
            instead="jsonb",
        ),
        find=_find_json,
    ),
)
