"""The safe form of a statement as migrations, one after the other, measured before they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from psycopg import sql

from tools import lint, outline, scratch, tree
from tools.config import Project
from tools.effects import Effect
from tools.findings import Finding
from tools.history import Step
from tools.lint import Selection
from tools.migrations import Migration, Script, Transactional
from tools.scenes import Scene
from tools.statements import locate

OUTSIDE = "-- transactional: false\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A migration: what goes up, and how it comes down again."""

    up: str
    down: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The migrations that do what a statement does, and keep nobody out."""

    finding: Finding
    drafts: tuple[Draft, ...]


def suggest(
    project: Project, settings: scratch.Settings, selection: Selection, scene: Scene, findings: list[Finding]
) -> Iterator[Suggestion]:
    """Yield what could stand in place of the statements found, where a safe form is known and was measured clean."""
    for found in findings:
        effect = next((one for one in scene.effects if _line(scene, one) == found.line), None)
        form = FORMS.get(found.rule)
        drafts = form(effect.node, effect.statement.text) if form and effect is not None else ()
        if effect is not None and drafts and _is_clean(project, settings, selection, scene, effect, drafts):
            yield Suggestion(finding=found, drafts=drafts)


def text(found: Suggestion) -> str:
    """Return a suggestion as text: each migration with its way down."""
    lines = [f"instead of {found.finding.file}:{found.finding.line} ({found.finding.rule}), measured clean:"]
    for number, draft in enumerate(found.drafts, start=1):
        lines += [f"-- {number}. up", draft.up, f"-- {number}. down", draft.down]
    return "\n".join(lines)


def _is_clean(
    project: Project,
    settings: scratch.Settings,
    selection: Selection,
    scene: Scene,
    effect: Effect,
    drafts: tuple[Draft, ...],
) -> bool:
    """Measure the drafts in the state in which the statement stands: after those before it in its file."""
    this = scene.measurement.step
    at = selection.steps.index(this)
    lead = replace(scene.script, text=scene.script.text[: effect.statement.start], depends=())
    steps = [_step("lead", lead)] if any(one.statement.start < effect.statement.start for one in scene.effects) else []
    ids = [f"draft_{number}" for number in range(1, len(drafts) + 1)]
    steps += [_step(id_, _script(draft.up, project.directory)) for id_, draft in zip(ids, drafts, strict=True)]
    tried = replace(selection, steps=(*selection.steps[:at], *steps), wanted=frozenset(ids), history=frozenset())
    scenes = list(lint.scenes(project, settings, tried, notes=[], major=scene.major))
    hazards = [one for each in scenes for one in lint.judge(project, each) if one.class_ == "hazard"]
    return len(scenes) == len(drafts) and all(one.measurement.done for one in scenes) and not hazards


def _step(id_: str, script: Script) -> Step:
    return Step(migration=Migration(id=id_, up=script), operation="apply")


def _script(text: str, folder: Path) -> Script:
    outside = text.startswith(OUTSIDE)
    transactional: Transactional = "false" if outside else "true"
    return Script(folder=folder, name="draft.sql", text=text, raw_hash="", transactional=transactional)


def _line(scene: Scene, effect: Effect) -> int:
    return locate(scene.script.text, effect.statement.start)[0]


def _after(text: str, word: str) -> str:
    """Return the statement with ``concurrently`` behind the first token of this name."""
    token = next(token for token in outline.scan(text) if token.name == word)
    return f"{OUTSIDE}{text[: token.end + 1]} concurrently{text[token.end + 1 :]};"


def _index(node: Any, text: str) -> tuple[Draft, ...]:
    if not node.idxname:
        return ()
    name = _name(node.relation.schemaname, node.idxname)
    return (Draft(up=_after(text, "INDEX"), down=f"{OUTSIDE}drop index concurrently {name};"),)


def _reindex(node: Any, text: str) -> tuple[Draft, ...]:
    again = _after(text, tree.member(node.kind).rpartition("_")[2])
    return (Draft(up=again, down=again),)


def _refresh(_: Any, text: str) -> tuple[Draft, ...]:
    return (Draft(up=_after(text, "VIEW").removeprefix(OUTSIDE), down=f"{text};"),)


def _later(node: Any, text: str) -> tuple[Draft, ...]:
    """Return a constraint that is added not valid, and validated in a file of its own."""
    (constraint,) = tree.constraints(node) if len(node.cmds) == 1 else (None,)
    if constraint is None or not constraint.conname:
        return ()
    table, name = _relation(node), _name(None, constraint.conname)
    drop = f"alter table {table} drop constraint {name};"
    return (
        Draft(up=f"{text} not valid;", down=drop),
        Draft(up=f"alter table {table} validate constraint {name};", down=f"{drop}\n{text} not valid;"),
    )


def _not_null(node: Any, _: str) -> tuple[Draft, ...]:
    """Return a CHECK that proves the column not null: added not valid, validated, used, dropped."""
    if len(node.cmds) != 1 or tree.member(node.cmds[0].subtype) != "SetNotNull":
        return ()
    table, column = _relation(node), _name(None, node.cmds[0].name)
    name = _name(None, f"{node.relation.relname}_{node.cmds[0].name}_not_null"[:63])
    add = f"alter table {table} add constraint {name} check ({column} is not null) not valid;"
    drop = f"alter table {table} drop constraint {name};"
    proof = (
        f"alter table {table} validate constraint {name};",
        f"alter table {table} alter column {column} set not null;",
        drop,
    )
    back = f"alter table {table} alter column {column} drop not null;\n{add}"
    return (Draft(up=add, down=drop), Draft(up="\n".join(proof), down=back))


def _unique(node: Any, _: str) -> tuple[Draft, ...]:
    """Return a unique index that is built concurrently, and the constraint that takes it."""
    (constraint,) = tree.constraints(node) if len(node.cmds) == 1 else (None,)
    if constraint is None or not constraint.conname or not constraint.keys or constraint.nulls_not_distinct:
        return ()
    kind = "primary key" if tree.member(constraint.contype) == "PRIMARY" else "unique"
    table, name = _relation(node), _name(None, constraint.conname)
    columns = ", ".join(_name(None, key.sval) for key in constraint.keys)
    index = _name(node.relation.schemaname, constraint.conname)
    return (
        Draft(
            up=f"{OUTSIDE}create unique index concurrently {name} on {table} ({columns});",
            down=f"{OUTSIDE}drop index concurrently {index};",
        ),
        Draft(
            up=f"alter table {table} add constraint {name} {kind} using index {name};",
            down=f"alter table {table} drop constraint {name};\ncreate unique index {name} on {table} ({columns});",
        ),
    )


def _relation(node: Any) -> str:
    return _name(node.relation.schemaname, node.relation.relname)


def _name(schema: str | None, name: str) -> str:
    """Return a name, quoted only where it must be."""
    plain = name.replace("_", "a").isalnum() and name.islower() and name.isascii() and not name[0].isdigit()
    shown = name if plain else sql.Identifier(name).as_string()
    return f"{_name(None, schema)}.{shown}" if schema else shown


FORMS: Mapping[str, Callable[[Any, str], tuple[Draft, ...]]] = {
    "create-index": _index,
    "reindex": _reindex,
    "refresh-materialized-view": _refresh,
    "add-check": _later,
    "add-foreign-key": _later,
    "set-not-null": _not_null,
    "add-unique": _unique,
}
