"""What differs, and what is found or advised, as text for people, with colours where a terminal has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from tools import wording
from tools.wording import visible

if TYPE_CHECKING:
    from tools.advisor import Counsel, Found
    from tools.changes import Fact
    from tools.drift import Difference
    from tools.lint import Lint
    from tools.sources import Comparison
    from tools.verify import Late, Trial, Verification

LONG = 100  # characters of a statement that is shown on a line
Paint = Callable[[str, str], str]  # of a text and a colour's name
RISKS = {"high": "red", "medium": "yellow", "low": "cyan"}
COLOURS = {"breaking": "red", "change": "yellow", "cosmetic": "cyan", "-": "red", "+": "green"}


def uncoloured(text: str, _: str) -> str:
    """Return the text as it is."""
    return text


def comparisons(found: Iterable[Comparison], paint: Paint = uncoloured) -> str:
    """Return the comparisons, each with its differences by object, and at the end a line that counts them all."""
    found = tuple(found)
    lines = [line for one in found for line in _comparison(one, paint)]
    if any(one.differences or one.ignored for one in found):
        lines.append(wording.summary(found))
    return "\n".join(lines)


def lint(found: Lint, paint: Paint = uncoloured) -> str:
    """Return what lint found, file by file, what it could not look at, and at the end a line that counts."""
    lines = []
    for one in found.findings:
        said = f"{one.rule} ({one.class_}, {paint(f'risk {one.risk}', RISKS[one.risk])})"
        lines.append(": ".join(filter(None, (wording.place(one), said))))
        statement = visible(one.statement or "")
        lines += [f"    {statement if len(statement) <= LONG else statement[: LONG - 3] + '...'}"] if statement else []
        lines += [f"    {visible(one.message)}", f"    instead: {one.instead}"]
    lines += [f"note: {visible(note)}" for note in found.notes]
    return "\n".join([*lines, wording.lint_summary(found)])


def verification(found: Verification, paint: Paint = uncoloured) -> str:
    """Return what became of each way back, and at the end a line that counts."""
    lines = [line for trial in (*found.trials, *found.ranges) for line in _trial(trial, paint)]
    for one in found.late:
        lines += [_verdict(f"{one.id} run last", one, paint), *_reason(one), *differences(one.differences, paint)]
    if found.triggers:
        lines += [wording.TRIGGERS, *differences(found.triggers, paint)]
    return "\n".join([*lines, wording.verified(found)])


def counsel(found: Counsel, paint: Paint = uncoloured) -> str:
    """Return advice, the gravest first, what was not seen, and at the end a line that counts."""
    lines = [line for one in found.found for line in _advice(one, paint)]
    lines += [f"not seen: {visible(one.reason)} ({', '.join(one.rules)})" for one in found.unseen]
    lines += [f"note: {visible(note)}" for note in found.notes]
    return "\n".join([*lines, wording.counsel(found)])


def differences(found: Iterable[Difference], paint: Paint = uncoloured) -> list[str]:
    """Return the lines of differences, those of one object together."""
    lines = []
    for group, members in groupby(sorted(found, key=lambda one: one.group), key=lambda one: one.group):
        ours = list(members)
        is_alone = len(ours) == 1
        lines += [] if is_alone else [f"  {visible(group)}"]
        lines += [("" if is_alone else "  ") + line for one in ours for line in _difference(one, paint)]
    return lines


def _trial(trial: Trial, paint: Paint) -> list[str]:
    notes = [f"    {visible(line)}" for line in wording.rows_lines(trial)]
    return [_verdict(trial.name, trial, paint), *_reason(trial), *notes, *differences(trial.differences, paint)]


def _verdict(name: str, one: Trial | Late, paint: Paint) -> str:
    return f"{visible(name)}: {one.verdict if one.good else paint(one.verdict, 'red')}"


def _reason(one: Trial | Late) -> list[str]:
    return [f"    {visible(line)}" for line in (one.reason or "").splitlines()]


def _advice(one: Found, paint: Paint) -> list[str]:
    advice = one.advice
    lines = [f"{one.rule.id}: {visible(advice.object)} {paint(f'[{advice.risk}]', RISKS[advice.risk])}"]
    lines += [f"    {visible(advice.message)}", f"    to do: {visible(advice.todo)}"]
    lines += [f"        {visible(advice.statement)};"] if advice.statement else []
    return [*lines, *([f"    but mind: {visible(advice.caution)}"] if advice.caution else [])]


def _comparison(found: Comparison, paint: Paint) -> Iterator[str]:
    yield paint(wording.headline(found), "green" if found.same else "bold")
    yield from differences(found.differences, paint)
    if sentence := wording.mending(found):
        yield f"  {sentence}"


def _difference(one: Difference, paint: Paint) -> list[str]:
    lines = [f"  {wording.title(one)} {paint(f'[{one.severity}]', COLOURS[one.severity])}"]
    lines += [f"      {line}" for name, fact in one.facts.items() for line in _fact(name, fact, paint)]
    lines += [f"      made at {visible(one.where)}"] if one.where else []
    lines += _mending(one)
    return lines


def _mending(one: Difference) -> list[str]:
    if one.hint is None:
        return [f"      no statement mends it: {visible(one.note)}"] if one.note else []
    first, *rest = visible(one.hint, lines=True).split("\n")
    costs = [f"      but mind: {visible(one.note)}"] if one.note else []
    return [f"      to mend: {first}", *(f"               {line}" for line in rest), *costs]


def _fact(name: str, fact: Fact, paint: Paint) -> list[str]:
    expected, actual = wording.sides(fact)
    if not wording.is_long(expected, actual) or paint is uncoloured:
        return wording.fact_lines(name, fact)
    head = f"{name}: {paint('expected', COLOURS['-'])} {paint('actual', COLOURS['+'])}"
    return [head, *(f"  {_coloured(line, paint)}" for line in wording.marked(expected, actual))]


def _coloured(line: list[wording.Token], paint: Paint) -> str:
    shown = ((sign, visible(text, lines=True)) for sign, text in line)
    return "".join(text if sign == " " else paint(text, COLOURS[sign]) for sign, text in shown)
