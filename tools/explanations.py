"""What was found out about the plans of the documented queries, in every form that a command answers in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tools import markdown, notices
from tools.coverage import Explained, Explanation
from tools.findings import Finding
from tools.notices import Examination, Level, Notice
from tools.report import as_json
from tools.wording import counted

LEVELS: dict[str, Level] = {"high": "error", "medium": "warning", "low": "note"}
NAME = "plans of the documented queries"


def shown(found: Explanation, stale: tuple[Finding, ...], form: str) -> str:
    """Return ``tools explain`` in the form; `stale` are the plans that are not the kept ones."""
    whole = replace(found, findings=(*found.findings, *stale))
    match form:
        case "text":
            return _text(whole)
        case "json":
            return as_json(_json(whole))
        case "markdown":
            return _markdown(whole)
        case "github":
            return notices.github([_examination(whole)])
        case "junit":
            return notices.junit([_examination(whole)], datetime.now())
    return notices.sarif([_examination(whole)])


def _text(found: Explanation) -> str:
    width = max((len(one.pattern.name) for one in found.explained), default=0)
    lines = [f"{one.pattern.name:<{width}}  {_said(one)}" for one in found.explained]
    if len(found.explained) == 1:
        lines += ["", *found.explained[0].plan.shape.splitlines()]
    lines += ["", *(line for one in found.findings for line in _finding(one))] if found.findings else []
    return "\n".join([*lines, summary(found)])


def _said(one: Explained) -> str:
    role = one.pattern.role or "row-level security bypassed"
    return f"{one.plan.milliseconds:8.2f} ms {one.plan.root.rows:6,} rows  {_used(one)}  ({role})"


def _used(one: Explained) -> str:
    """Return the indexes that serve a query: those of its header that the plan uses, else whichever the plan uses."""
    named = [name for name in one.pattern.indexes if name in one.plan.indexes]
    return ", ".join(named or sorted(one.plan.indexes)) or "no index"


def _finding(one: Finding) -> Iterable[str]:
    yield f"{one.rule}: {one.message}"
    yield from (f"    {line}" for line in one.instead.splitlines())
    if one.file:
        yield f"    {_place(one)}"


def _place(one: Finding) -> str | None:
    return f"{one.file}:{one.line}" if one.file and one.line else one.file


def summary(found: Explanation) -> str:
    """Return the line that counts."""
    queries = "1 query" if len(found.explained) == 1 else f"{len(found.explained)} queries"
    good = "each is served, and no index is there for nothing" if found.whole else "each is served"
    return f"{queries}: {counted(len(found.findings), 'finding') if found.findings else good}"


def _json(found: Explanation) -> dict[str, Any]:
    return {
        "queries": [
            {
                "name": one.pattern.name,
                "file": one.pattern.file,
                "question": one.pattern.question,
                "role": one.pattern.role,
                "indexes": list(one.pattern.indexes),
                "uses": sorted(one.plan.indexes),
                "rows": one.plan.root.rows,
                "cost": one.plan.cost,
                "milliseconds": one.plan.milliseconds,
                "buffers": one.plan.buffers,
                "plan": one.plan.shape.splitlines(),
            }
            for one in found.explained
        ],
        "findings": [one.as_json() for one in found.findings],
    }


def _markdown(found: Explanation) -> str:
    head = ("query", "index", "rows", "cost", "ms")
    rows = [
        (
            one.pattern.name,
            _used(one),
            f"{one.plan.root.rows:,}",
            f"{one.plan.cost:,.0f}",
            f"{one.plan.milliseconds:,.2f}",
        )
        for one in found.explained
    ]
    parts = [markdown.table(head, rows)]
    parts += [markdown.folded(one.pattern.name, "text", one.plan.shape.rstrip()) for one in found.explained]
    if found.findings:
        bad = [(one.rule, one.message, one.instead.partition("\n")[0]) for one in found.findings]
        parts.insert(0, markdown.table(("rule", "what", "instead"), bad))
    return "\n\n".join([f"**{summary(found)}**", *parts])


def _examination(found: Explanation) -> Examination:
    cases = (*(one.pattern.name for one in found.explained), *(str(one.statement) for one in found.findings))
    return Examination(name=NAME, cases=tuple(dict.fromkeys(cases)), notices=tuple(map(_notice, found.findings)))


def _notice(one: Finding) -> Notice:
    return Notice(
        rule=one.rule,
        level=LEVELS[one.risk],
        case=str(one.statement),
        title=f"{one.rule} {one.statement}",
        message=f"{one.message}\n{one.instead}",
        place=_place(one),
    )
