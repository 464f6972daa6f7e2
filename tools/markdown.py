"""Answers as Markdown for a pull request: a sentence, a table, the details folded away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tools import wording
from tools.wording import visible

if TYPE_CHECKING:
    from tools.advisor import Counsel
    from tools.drift import Difference
    from tools.history import History
    from tools.lint import Lint
    from tools.sources import Comparison
    from tools.verify import Verification

RISKS = {"high": "🔴", "medium": "🟡", "low": "⚪"}
SIGNS = {"breaking": "🔴", "change": "🟡", "cosmetic": "⚪"}
HARMLESS = re.compile(r"[\w .,:;()=/'\"+-]+")


def comparisons(found: Iterable[Comparison]) -> str:
    """Return ``tools drift-check`` as Markdown."""
    found = tuple(found)
    parts = [f"**Drift check:** {plain(wording.summary(found))}" if not _same(found) else "**Drift check:** no drift"]
    for one in found:
        parts.append(plain(wording.headline(one)))
        if one.differences:
            parts.append(_differences(one.differences))
        if sentence := wording.mending(one):
            parts.append(plain(sentence))
    return "\n\n".join(parts)


def history(found: History, notes: Sequence[str] = ()) -> str:
    """Return ``tools status`` as Markdown."""
    rows = [(item.state, code(item.id), plain(wording.item(item))) for item in found.items]
    parts = [f"**Migrations:** {wording.history(found)}", table(("state", "migration", "note"), rows)]
    parts += ["\n".join(f"- {plain(note)}" for note in notes)] if notes else []
    return "\n\n".join(parts)


def verification(found: Verification) -> str:
    """Return ``tools verify`` as Markdown."""
    parts = [f"**Up, down, up:** {wording.counted(len(found.trials), 'migration')}, {wording.verdict(found)}"]
    trials = (*found.trials, *found.ranges)
    rows: list[tuple[str, str]] = [(code(one.name), one.verdict) for one in trials]
    rows += [(f"{code(one.id)} run last", one.verdict) for one in found.late]
    parts.append(table(("migration", "verdict"), rows))
    for trial in trials:
        told = "\n".join([*filter(None, [trial.reason]), *wording.rows_lines(trial)])
        parts += _details(trial.name, told, trial.differences)
    for one in found.late:
        parts += _details(f"{one.id} run last", one.reason or "", one.differences)
    if found.triggers:
        parts += [wording.TRIGGERS, _differences(found.triggers)]
    return "\n\n".join(parts)


def _details(title: str, told: str, differences: tuple[Difference, ...]) -> list[str]:
    parts = [folded(title, "", told)] if told else []
    return [*parts, _differences(differences)] if differences else parts


def lint(found: Lint) -> str:
    """Return ``tools lint`` as Markdown."""
    parts = [f"**Lint:** {plain(wording.lint_summary(found))}"]
    rows = [
        (
            f"{RISKS[one.risk]} {one.risk}",
            one.class_,
            code(one.rule),
            code(wording.place(one) or "-"),
            plain(one.message),
        )
        for one in found.findings
    ]
    if rows:
        parts.append(table(("risk", "class", "rule", "place", "what"), rows))
        details = "\n\n".join(
            "\n".join(
                filter(None, (f"-- {wording.place(one) or one.rule}", one.statement, f"-- instead: {one.instead}"))
            )
            for one in found.findings
        )
        parts.append(folded("Statements, and what to write instead", "sql", details))
    if found.migrations:
        migrations = [(code(one.id), one.risk, one.phase) for one in found.migrations]
        parts.append(table(("migration", "risk", "phase"), migrations))
    parts += ["\n".join(f"- {plain(note)}" for note in found.notes)] if found.notes else []
    return "\n\n".join(parts)


def counsel(found: Counsel) -> str:
    """Return ``tools advise`` as Markdown."""
    parts = [f"**Advice on {code(found.scene.database)}:** {wording.counsel(found)}"]
    given = [(one.rule.id, one.advice) for one in found.found]
    if given:
        rows = [
            (f"{RISKS[one.risk]} {one.risk}", rule, code(one.object), plain(one.message), plain(one.todo))
            for rule, one in given
        ]
        parts.append(table(("risk", "rule", "object", "what is seen", "what to do"), rows))
    lines = [
        f"-- {visible(one.object)}: {visible(one.caution or one.todo)}\n{visible(one.statement)};\n"
        for _, one in given
        if one.statement
    ]
    parts += [folded("Statements that help, and what they cost", "sql", "\n".join(lines))] if lines else []
    remarks = [f"not seen: {one.reason} ({', '.join(one.rules)})" for one in found.unseen]
    parts += ["\n".join(f"- {plain(remark)}" for remark in (*remarks, *found.notes))] if remarks or found.notes else []
    return "\n\n".join(parts)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; the cells are Markdown already."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def folded(title: str, language: str, text: str) -> str:
    """Return a text that is shown when somebody asks, fenced by more backticks than it has."""
    shown = visible(text.rstrip("\n"), lines=True)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"<details><summary>{plain(title)}</summary>\n\n{fence}{language}\n{shown}\n{fence}\n\n</details>"


def code(text: str) -> str:
    """Return a name in the type of code; one that holds Markdown's own signs has them as numbers."""
    shown = visible(text)
    return f"`{shown}`" if HARMLESS.fullmatch(shown) and shown == shown.strip() else f"<code>{plain(shown)}</code>"


def plain(text: str) -> str:
    """Return a text with Markdown's own signs as numbers."""
    shown = visible(text)
    return "".join(char if HARMLESS.fullmatch(char) and char != "_" else f"&#{ord(char)};" for char in shown)


def _same(found: tuple[Comparison, ...]) -> bool:
    return not any(one.differences or one.ignored for one in found)


def _differences(found: Iterable[Difference]) -> str:
    found = tuple(found)
    rows = [
        (f"{SIGNS[one.severity]} {one.severity}", f"{one.change} {one.kind}", code(one.name), code(one.where or "-"))
        for one in found
    ]
    details = "\n\n".join("\n".join(_detail(one)) for one in found)
    parts = [table(("severity", "difference", "name", "made at"), rows), folded("Details", "diff", details)]
    statements = [one.hint for one in found if one.hint]
    if statements:
        parts.append(folded("To mend", "sql", "".join(f"{statement};\n" for statement in dict.fromkeys(statements))))
    return "\n\n".join(parts)


def _detail(one: Difference) -> list[str]:
    lines = [wording.title(one)]
    for name, fact in one.facts.items():
        expected, actual = wording.sides(fact)
        if wording.is_long(expected, actual):
            lines += wording.fact_lines(name, fact)
        else:
            lines += [f"- {name}: {visible(expected)}", f"+ {name}: {visible(actual)}"]
    word = "but mind" if one.hint else "no statement mends it"
    lines += [f"{word}: {visible(one.note)}"] if one.note else []
    return lines
