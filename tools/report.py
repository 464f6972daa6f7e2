"""Results as text for people and as JSON for programs; the only module that decides how an answer looks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tools.statements import brief, split

if TYPE_CHECKING:  # a command loads what it shows, and no more
    from tools.changes import Fact
    from tools.config import Project
    from tools.drift import Difference
    from tools.history import History, Item, Step
    from tools.rehearsal import Tried
    from tools.runner import Applied
    from tools.sources import Comparison
    from tools.verify import Verification

FAILED = ("line", "column", "message", "detail", "hint", "sqlstate", "state")
DOING = {"apply": "applied", "rollback": "rolled back", "mark": "marked", "unmark": "unmarked"}


def as_json(value: Any) -> str:
    """Return the JSON of an answer: two spaces, keys in the order they are given."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def history(found: History, *, complete: bool = True) -> str:
    """Return ``tools status`` as text."""
    width = max((len(item.state) for item in found.items), default=0)
    lines = [f"{item.state:<{width}}  {item.id}{_item_note(item)}" for item in found.items]
    counts = {
        state: len(found.having(state)) for state in ("applied", "pending", "late", "edited", "missing", "unfinished")
    }
    lines.append(
        ", ".join(f"{count} {state}" for state, count in counts.items() if count or state in ("applied", "pending"))
    )
    if not complete:
        lines.append("note: this role may not read schema_tools.log, so edited files are not seen")
    return "\n".join(lines)


def history_json(found: History) -> dict[str, Any]:
    """Return ``tools status`` as JSON."""
    return {
        "applied": len(found.having("applied", "edited", "missing")),
        "pending": [item.id for item in found.having("pending", "late", "unfinished")],
        "problems": [item.id for item in found.having("edited", "missing", "late")],
        "migrations": [
            {
                "id": item.id,
                "state": item.state,
                "applied_at": _time(item.entry.applied_at if item.entry else None),
                "cosmetic_edit": item.cosmetic,
                "renamed_to": item.renamed_to,
            }
            for item in found.items
        ],
    }


def plan(steps: tuple[Step, ...], refusals: tuple[str, ...]) -> str:
    """Return ``tools plan`` as text."""
    if not steps and not refusals:
        return "nothing to apply"
    lines = []
    for step in steps:
        script = step.script
        about = [f"risk {script.risk}"] if script.risk else []
        about += [script.phase] if script.phase else []
        about += [] if script.transactional == "true" else ["outside a transaction"]
        about += ["late"] if step.late else []
        lines.append(f"{step.migration.id}{'  (' + ', '.join(about) + ')' if about else ''}")
        lines += [f"    {script.title}"] if script.title else []
        lines += [f"    {_shortened(brief(piece.text))}" for piece in split(script.text)]
    lines += [f"refused: {sentence}" for sentence in refusals]
    lines.append(f"{len(steps)} to apply" + (f", {len(refusals)} in the way" if refusals else ""))
    return "\n".join(lines)


def plan_json(project: Project, steps: tuple[Step, ...], refusals: tuple[str, ...]) -> dict[str, Any]:
    """Return ``tools plan`` as JSON."""
    return {
        "steps": [
            {
                "id": step.migration.id,
                "file": project.relative(step.script.path),
                "title": step.script.title,
                "transactional": step.script.transactional,
                "risk": step.script.risk,
                "phase": step.script.phase,
                "late": step.late,
                "reversible": step.migration.down is not None,
                "statements": [piece.text for piece in split(step.script.text)],
            }
            for step in steps
        ],
        "refusals": list(refusals),
    }


def applied(one: Applied) -> str:
    """Return the line of one migration that ran."""
    if one.by_other:
        return f"{one.id}: {DOING[one.operation]} by another run"
    return f"{one.id}: {DOING[one.operation]} in {one.milliseconds} ms"


def tried(one: Tried) -> str:
    """Return the line of one migration of a dry run."""
    return f"{one.id}: not tried: {one.reason}" if one.reason else f"{one.id}: would apply in {one.milliseconds} ms"


def tried_json(one: Tried) -> str:
    """Return the JSON of one migration of a dry run, on one line."""
    return json.dumps({"event": "not_tried" if one.reason else "would_apply", **asdict(one)}, ensure_ascii=False)


def applied_json(one: Applied) -> str:
    """Return the JSON of one migration that ran, on one line: an event."""
    return json.dumps({"event": DOING[one.operation].replace(" ", "_"), **asdict(one)}, ensure_ascii=False)


def stopped_json(error: BaseException) -> str:
    """Return the JSON of what ended a run, on one line: an event; where no statement failed, most of it is null."""
    file = getattr(error, "path", None)
    event = {
        "event": "interrupted" if isinstance(error, KeyboardInterrupt) else "failed",
        "id": PurePath(file).name.removesuffix(".sql").removesuffix(".rollback") if file else None,
        "file": file,
        **{name: getattr(error, name, None) for name in FAILED},
    }
    return json.dumps({**event, "message": event["message"] or str(error) or "interrupted"}, ensure_ascii=False)


def comparison(found: Comparison) -> str:
    """Return one comparison of ``tools drift-check`` as text."""
    head = f"{found.expected} against {found.actual}"
    pending = f" ({len(found.pending)} pending, which is no drift)" if found.pending else ""
    if found.same:
        return f"{head}: same, {found.objects} objects{pending}"
    number = len(found.differences)
    lines = [f"{head}: {number} difference{'s' if number != 1 else ''}{pending}"]
    for difference in found.differences:
        lines += _difference(difference)
    return "\n".join(lines)


def uncompared(found: tuple[Comparison, ...]) -> str | None:
    """Return the sentence about what no query reads, None where there is nothing of the kind."""
    keys = sorted({key for one in found for key in one.uncompared})
    if not keys:
        return None
    shown = ", ".join([*keys[:10], *([f"and {len(keys) - 10} more"] if len(keys) > 10 else [])])
    return f"{len(keys)} object{'s' if len(keys) != 1 else ''} of kinds that are not compared: {shown}"


def comparisons_json(found: tuple[Comparison, ...]) -> dict[str, Any]:
    """Return ``tools drift-check`` as JSON: the shape that other programs rely on."""
    return {
        "same": all(one.same for one in found),
        "comparisons": [
            {
                "expected": one.expected,
                "actual": one.actual,
                "pending": list(one.pending),
                "uncompared": list(one.uncompared),
                "differences": [_difference_json(difference) for difference in one.differences],
            }
            for one in found
        ],
    }


def verification(found: Verification) -> str:
    """Return ``tools verify`` as text."""
    lines = []
    for trial in found.trials:
        lines.append(f"{trial.id}: {trial.verdict}")
        lines += [f"    {line}" for line in (trial.reason or "").splitlines()]
        for difference in trial.differences:
            lines += _difference(difference)
    for difference in found.triggers:
        lines += ["sql/triggers is not what the migrations make:", *_difference(difference)]
    bad = sum(not trial.good for trial in found.trials) + len(found.triggers)
    verdict = "every way back holds" if not bad else f"{bad} found"
    lines.append(f"{len(found.trials)} migrations up, down, up: {verdict}")
    return "\n".join(lines)


def verification_json(found: Verification) -> dict[str, Any]:
    """Return ``tools verify`` as JSON."""
    return {
        "good": found.good,
        "migrations": [
            {
                "id": trial.id,
                "verdict": trial.verdict,
                "reason": trial.reason,
                "differences": [_difference_json(one) for one in trial.differences],
            }
            for trial in found.trials
        ],
        "triggers": [_difference_json(one) for one in found.triggers],
    }


def _difference(one: Difference) -> list[str]:
    lines = [f"  {one.change} {one.kind} {one.name} [{one.severity}]"]
    if one.change == "changed":
        lines += [f"      {line}" for name, fact in one.facts.items() for line in _fact(name, fact)]
    lines += [f"      made at {one.where}"] if one.where else []
    lines += [f"      to mend: {one.hint}"] if one.hint else []
    return lines


def _difference_json(one: Difference) -> dict[str, Any]:
    return {
        "change": one.change,
        "kind": one.kind,
        "name": one.name,
        "facts": _facts_json(one.facts),
        "where": one.where,
        "severity": one.severity,
        "compatible": one.compatible,
        "hint": one.hint,
    }


def _facts_json(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: {"expected": fact.expected, "actual": fact.actual} for name, fact in facts.items()}


def _fact(name: str, fact: Fact) -> list[str]:
    """Return a fact on one line, or the lines that differ where it is a text of several."""
    expected, actual = (_value(value) for value in _where_they_differ(fact.expected, fact.actual))
    if "\n" not in expected + actual:
        return [f"{name}: expected {expected}, actual {actual}"]
    import difflib

    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="", n=1)
    return [f"{name}:", *(f"  {line}" for line in lines)]


def _where_they_differ(expected: Any, actual: Any) -> tuple[Any, Any]:
    """Return two lists without what both begin and end with, where that is long: the order of a table's columns."""
    if not isinstance(expected, list | tuple) or not isinstance(actual, list | tuple) or len(expected) < 6:
        return expected, actual
    first, last, shorter = 0, 0, min(len(expected), len(actual))
    while first < shorter and expected[first] == actual[first]:
        first += 1
    while last < shorter - first and expected[-1 - last] == actual[-1 - last]:
        last += 1
    before, after = ["..."] * bool(first), ["..."] * bool(last)
    middles = (list(side[first : len(side) - last]) for side in (expected, actual))
    shown = tuple([*before, *middle, *after] for middle in middles)
    return shown[0], shown[1]


def _value(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _item_note(item: Item) -> str:
    notes = [_time(item.entry.applied_at) or ""] if item.entry and item.entry.applied_at else []
    notes += ["file edited since, in comments or white space only"] if item.cosmetic else []
    notes += [f"its file is now {item.renamed_to}"] if item.renamed_to else []
    notes += ["its rollback was interrupted: tools rollback continues it"] if _is_half_undone(item) else []
    notes += ["applied late"] if item.entry and item.entry.late else []
    return f"  {', '.join(notes)}" if notes else ""


def _is_half_undone(item: Item) -> bool:
    return item.entry is not None and item.entry.applied and item.entry.unfinished


def _time(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when else None


def _shortened(line: str) -> str:
    return line if len(line) <= 100 else line[:97] + "..."
