"""What a migration's header says of it, held against what it did: risk, phase, mitigation, and rules to be ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tools import tree
from tools.effects import Effect
from tools.errors import Trouble
from tools.findings import RISKS, Finding, Risk
from tools.migrations import VALUES, Script, close_to
from tools.scenes import Check, Hit, Scene, rule
from tools.statements import locate

IGNORE = re.compile(r"^[^\S\n]*--[^\S\n]*lint:[^\S\n]*(.*?)[^\S\n]*$", re.MULTILINE)
WORDS = re.compile(r"ignore[^\S\n]+([a-z0-9-]+)[^\S\n]+because[^\S\n]+(\S.*)")
PHASES = VALUES["phase"]
GONE = ("table", "column", "view", "materialized view", "function", "enum", "domain", "composite type", "sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """A rule that a comment says to ignore, and why: in the whole file, or in the one statement that it stands at."""

    rule: str
    reason: str
    start: int
    statement: int | None = None

    def covers(self, found: Finding, start: int | None) -> bool:
        """Tell whether the finding, of a statement that starts there, is to be ignored."""
        return found.rule == self.rule and self.statement in (None, start)


def ignores(path: str, script: Script, starts: Sequence[int], known: frozenset[str]) -> tuple[Ignore, ...]:
    """Return what the file says to ignore; one without a reason, or of a rule that is none, is an error.

    `starts` has the place of each statement in their order, one at least.
    """
    found = []
    for match in IGNORE.finditer(script.text):
        place = f"{path}:{locate(script.text, match.start(1))[0]}"
        words = WORDS.fullmatch(match[1])
        if words is None:
            raise Trouble(f"{place}: write -- lint: ignore RULE because REASON")
        if words[1] not in known:
            close = close_to(words[1], known)
            raise Trouble(
                f"{place}: no rule {words[1]}" + (f": did you mean {close}" if close else ": docs/lint.md has them all")
            )
        at = next((start for start in starts if start >= match.start()), starts[-1])
        whole = match.start() < starts[0]
        found.append(Ignore(rule=words[1], reason=words[2], start=match.start(), statement=None if whole else at))
    return tuple(found)


def risk(scene: Scene, findings: Iterable[Finding]) -> Risk:
    """Return the risk by what changes, and by what was found.

    High is what drops columns or tables, changes foreign keys of tables that are there, or changes rows; medium is what
    renames or changes types.
    """
    found: list[Risk] = [one.risk for one in findings]
    for one in scene.differences:
        if (one.change == "missing" and one.kind in ("table", "column")) or _is_foreign_key(scene, one.kind, one.name):
            found.append("high")
        elif one.kind == "column" and "type" in one.facts:
            found.append("medium")
    if any(one.changed for effect in scene.effects for one in effect.impacts):
        found.append("high")
    if any(_renames(effect) for effect in scene.effects):
        found.append("medium")
    return max(found, key=RISKS.index, default="low")


def phase(scene: Scene) -> str:
    """Return contract where something is taken away, migrate where rows change or are proved, else expand."""
    if any(one.change == "missing" and one.kind in GONE for one in scene.differences):
        return "contract"
    if any(_renames(effect) for effect in scene.effects):
        return "contract"
    moved = any(one.changed for effect in scene.effects for one in effect.impacts)
    return "migrate" if moved or any(_validates(effect) for effect in scene.effects) else "expand"


def _renames(effect: Effect) -> bool:
    return tree.word(effect.node) == "RenameStmt" and tree.member(effect.node.renameType) in (
        "TABLE",
        "COLUMN",
        "VIEW",
        "TYPE",
        "SCHEMA",
    )


def _validates(effect: Effect) -> bool:
    return any(tree.member(one.subtype) == "ValidateConstraint" for one in tree.commands(effect.node))


def _is_foreign_key(scene: Scene, kind: str, name: str) -> bool:
    """Tell whether a difference is a foreign key of a table, and to one, that were there before."""
    if kind != "constraint":
        return False
    for one in (*scene.before.constraints, *scene.after.constraints):
        if one.name == name and one.type == "foreign key":
            return scene.had(one.name.rpartition(".")[0]) and scene.had(one.references or "")
    return False


def _header(scene: Scene) -> str:
    return scene.script.text[: scene.effects[0].statement.start]


def _find_risk(scene: Scene) -> Iterator[Hit]:
    said, is_so = scene.script.risk, risk(scene, ())
    if said is None:
        yield Hit(effect=scene.effects[0], message=f"the header says no risk; what the file does is {is_so}")
    elif RISKS.index(is_so) > list(RISKS).index(said):  # type: ignore[arg-type]
        yield Hit(effect=scene.effects[0], message=f"the header says {said}; what the file does is {is_so}")


def _find_phase(scene: Scene) -> Iterator[Hit]:
    said, is_so = scene.script.phase, phase(scene)
    if said is None:
        yield Hit(effect=scene.effects[0], message=f"the header says no phase; what the file does is to {is_so}")
    elif PHASES.index(is_so) > PHASES.index(said):
        yield Hit(effect=scene.effects[0], message=f"the header says {said}; what the file does is to {is_so}")


def _find_mitigation(scene: Scene) -> Iterator[Hit]:
    worst = max(scene.script.risk or "low", risk(scene, ()), key=list(RISKS).index)  # type: ignore[arg-type]
    missing = [word for word in ("mitigation", "rollback") if not re.search(rf"(?m)^-- {word}: *\S", _header(scene))]
    if worst != "low" and missing:
        yield Hit(
            effect=scene.effects[0], message=f"the risk is {worst}, and the header says no {' and no '.join(missing)}"
        )


CHECKS = tuple(
    Check(
        rule=rule(id_, "low", class_="hygiene", reason=reason, instead=instead),
        find=lambda scene, find=find: find(scene) if scene.in_history else iter(()),  # type: ignore[misc]
    )
    for id_, find, reason, instead in (
        (
            "risk-in-header",
            _find_risk,
            "who applies a migration reads its risk first",
            "write -- risk: low, medium or high at the top, at least what the file does",
        ),
        (
            "phase-in-header",
            _find_phase,
            "expand, migrate and contract are released in this order",
            "write -- phase: expand, migrate or contract at the top, as far as the file goes",
        ),
        (
            "mitigation-in-header",
            _find_mitigation,
            "a medium or high risk needs a plan for the moment in which it goes wrong",
            "write -- mitigation: and -- rollback: with numbered steps and a checkpoint at the top",
        ),
    )
)
