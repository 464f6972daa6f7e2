"""Results as text for people and as JSON for programs; what differs has its text from `listing`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tools import wording
from tools.errors import Trouble

if TYPE_CHECKING:  # a command loads what it shows, and no more
    from tools.advisor import Counsel, Found
    from tools.changes import Fact
    from tools.config import Project
    from tools.drift import Difference
    from tools.history import History, Item
    from tools.lint import Lint
    from tools.listing import Paint
    from tools.notices import Examination
    from tools.outlook import Outlook
    from tools.rehearsal import Tried
    from tools.runner import Applied
    from tools.sources import Comparison
    from tools.verify import Late, Trial, Verification

FAILED = ("line", "column", "message", "detail", "hint", "sqlstate", "state")
UNREAD = "this role may not read schema_tools.log, so edited files are not seen"
DOING = {"apply": "applied", "rollback": "rolled back", "mark": "marked", "unmark": "unmarked"}


def as_json(value: Any) -> str:
    """Return the JSON of an answer: two spaces, keys in the order they are given."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def histories(found: History, form: str, *, complete: bool, paint: Paint | None = None) -> str:
    """Return ``tools status`` in the form."""
    if form == "json":
        return as_json(history_json(found, complete=complete))
    if form == "markdown":
        from tools import markdown

        return markdown.history(found, unread(complete))
    return history(found, complete=complete, paint=paint)


def plans(project: Project, found: Outlook, form: str, *, paint: Paint | None = None) -> str:
    """Return ``tools plan`` in the form."""
    from tools import bulletin, listing

    if form == "json":
        return as_json(bulletin.as_json(project, found))
    return bulletin.as_markdown(found) if form == "markdown" else bulletin.text(found, paint or listing.uncoloured)


def verifications(found: Verification, form: str, *, paint: Paint | None = None) -> str:
    """Return ``tools verify`` in the form."""
    from tools import listing, markdown, notices

    match form:
        case "text":
            return listing.verification(found, paint or listing.uncoloured)
        case "json":
            return as_json(verification_json(found))
        case "markdown":
            return markdown.verification(found)
    return _annotated((notices.of_verification(found),), form)


def comparisons(
    found: tuple[Comparison, ...], form: str, *, unused: tuple[str, ...] = (), paint: Paint | None = None
) -> str:
    """Return ``tools drift-check`` in the form."""
    from tools import listing, markdown, notices

    if form == "json":
        return as_json(comparisons_json(found, unused))
    shown = tuple(map(_for_people, found))
    match form:
        case "text":
            return listing.comparisons(shown, paint or listing.uncoloured)
        case "markdown":
            return markdown.comparisons(shown)
    return _annotated(tuple(map(notices.of_comparison, shown)), form)


def counsels(found: Counsel, form: str, *, paint: Paint | None = None) -> str:
    """Return ``tools advise`` in the form."""
    from tools import listing, markdown, notices

    match form:
        case "text":
            return listing.counsel(found, paint or listing.uncoloured)
        case "json":
            return as_json(counsel_json(found))
        case "markdown":
            return markdown.counsel(found)
    return _annotated((notices.of_counsel(found),), form)


def lints(found: Lint, form: str, *, paint: Paint | None = None) -> str:
    """Return ``tools lint`` in the form."""
    from tools import listing, markdown, notices

    match form:
        case "text":
            return listing.lint(found, paint or listing.uncoloured)
        case "json":
            return as_json(lint_json(found))
        case "markdown":
            return markdown.lint(found)
    return _annotated((notices.of_lint(found),), form)


def _annotated(found: tuple[Examination, ...], form: str) -> str:
    from tools import notices

    match form:
        case "github":
            return notices.github(found)
        case "junit":
            return notices.junit(found, datetime.now())
    return notices.sarif(found)


def history(found: History, *, complete: bool = True, paint: Paint | None = None) -> str:
    """Return ``tools status`` as text; what stops a run is red."""
    from tools import listing

    paint = paint or listing.uncoloured
    width = max((len(item.state) for item in found.items), default=0)
    told = ((_state(item, width, paint), wording.visible(f"{item.id}  {wording.item(item)}")) for item in found.items)
    lines = [f"{state}  {rest}".rstrip() for state, rest in told]
    lines += [f"note: {note}" for note in unread(complete)]
    return "\n".join([*lines, wording.history(found)])


def _state(item: Item, width: int, paint: Paint) -> str:
    shown = f"{item.state:<{width}}"
    return shown if item.state in ("applied", "pending") else paint(shown, "red")


def unread(complete: bool) -> list[str]:
    """Return what is not known of the history where the log could not be read."""
    return [] if complete else [UNREAD]


def history_json(found: History, *, complete: bool = True) -> dict[str, Any]:
    """Return ``tools status`` as JSON."""
    return {
        "applied": len(found.having("applied", "edited", "missing")),
        "pending": [item.id for item in found.having("pending", "late", "unfinished")],
        "problems": [item.id for item in found.having("edited", "missing", "late")],
        "migrations": [
            {
                "id": item.id,
                "state": item.state,
                "applied_at": item.entry.applied_at if item.entry else None,
                "cosmetic_edit": item.cosmetic,
                "renamed_to": item.renamed_to,
                "late": bool(item.entry and item.entry.late),
                "rollback_interrupted": item.half_undone,
            }
            for item in found.items
        ],
        "notes": unread(complete),
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


def stopped(error: BaseException, form: str | None, events: bool) -> str:
    """Return what ended a command early: an event, an annotation, or nothing where the form has no word for it."""
    if form == "json" and events:
        return stopped_json(error)
    if form in ("github", "junit") and isinstance(error, Trouble):
        from tools import notices

        return _annotated((notices.of_trouble(error),), form)
    return ""  # SARIF that has no result would close what it opened before


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


def comparisons_json(found: tuple[Comparison, ...], unused: tuple[str, ...] = ()) -> dict[str, Any]:
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
                "ignored": [_difference_json(difference) for difference in one.ignored],
            }
            for one in found
        ],
        "unused_ignores": list(unused),
    }


def verification_json(found: Verification) -> dict[str, Any]:
    """Return ``tools verify`` as JSON."""
    return {
        "good": found.good,
        "migrations": [{"id": trial.id, **_trial_json(trial)} for trial in found.trials],
        "ranges": [{"from": one.id, "to": one.last or one.id, **_trial_json(one)} for one in found.ranges],
        "late": [{"id": one.id, "verdict": one.verdict, **_why_json(one)} for one in found.late],
        "triggers": [_difference_json(one) for one in found.triggers],
    }


def _trial_json(trial: Trial) -> dict[str, Any]:
    rows = {"losses": list(map(asdict, trial.losses)), "dropped": trial.dropped, "untried": trial.untried}
    return {"verdict": trial.verdict, "schema": trial.schema, **_why_json(trial), "rows": rows}


def _why_json(one: Trial | Late) -> dict[str, Any]:
    return {"reason": one.reason, "differences": [_difference_json(difference) for difference in one.differences]}


def lint_json(found: Lint) -> dict[str, Any]:
    """Return ``tools lint`` as JSON: the shape that other programs rely on."""
    return {
        "findings": [one.as_json() for one in found.findings],
        "migrations": [asdict(one) for one in found.migrations],
        "notes": list(found.notes),
    }


def counsel_json(found: Counsel) -> dict[str, Any]:
    """Return ``tools advise`` as JSON: docs/advise.md describes it."""
    scene = found.scene
    return {
        "database": scene.database,
        "server_version": scene.server_version,
        "standby": scene.standby,
        "neon": scene.neon,
        "statistics_seconds": scene.statistics_seconds,
        "notes": list(found.notes),
        "findings": [_found_json(one) for one in found.found],
        "unseen": [asdict(one) for one in found.unseen],
    }


def _found_json(one: Found) -> dict[str, Any]:
    return {"rule": one.rule.id, **asdict(one.advice), "evidence": dict(one.evidence)}


def _for_people(found: Comparison) -> Comparison:
    """Return the comparison without the statements that would mend a database, where models are to be mended."""
    if wording.mending(found) is None:
        return found
    bare = tuple(replace(one, hint=None, note=None) for one in found.differences)
    return replace(found, differences=bare)


def _difference_json(one: Difference) -> dict[str, Any]:
    file, line = wording.split(one.where)
    return {
        "change": one.change,
        "kind": one.kind,
        "name": one.name,
        "facts": _facts_json(one.facts),
        "where": one.where,
        "file": file or None,
        "line": int(line) if line else None,
        "severity": one.severity,
        "compatible": one.compatible,
        "hint": one.hint,
        "note": one.note,
    }


def _facts_json(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: {"expected": fact.expected, "actual": fact.actual} for name, fact in facts.items()}
