"""The words for what differs: values, sentences and marked texts, with nothing in them that a terminal would obey."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.advisor import Counsel
    from tools.changes import Fact
    from tools.drift import Difference
    from tools.findings import Finding
    from tools.history import History, Item
    from tools.lint import Lint
    from tools.sources import Comparison
    from tools.verify import Trial, Verification

SEVERITIES = ("cosmetic", "change", "breaking")  # from the least
WORDS = re.compile(r"\w+|\s+|[^\w\s]")
LONG = 60  # characters from which only what differs is marked
PLACE = re.compile(r"^(.+):(\d+)$")
TRIGGERS = "sql/triggers is not what the migrations make; tools new NAME --triggers drafts the migration:"
Token = tuple[str, str]  # a sign (" ", "-" for expected only, "+" for actual only) and a text


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return the text with control characters spelled out, and with line ends where `lines` allows them.

    >>> visible("a\x1b[31mb\nc")
    'a\\x1b[31mb\\nc'
    """
    return "".join(char if _is_plain(char) or (lines and char in "\n\t") else _spelled(char) for char in text)


def value(found: Any) -> str:
    """Return a fact's value as people write it."""
    if found is None or found == ():
        return "none"
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, list | tuple):
        return ", ".join(map(str, found))
    return str(found)


def sides(fact: Fact) -> tuple[str, str]:
    """Return both values; of long lists only where they differ."""
    expected, actual = _where_they_differ(fact.expected, fact.actual)
    return value(expected), value(actual)


def is_long(expected: str, actual: str) -> bool:
    """Tell whether two texts are better read as one with marks in it."""
    return "\n" in expected + actual or min(len(expected), len(actual)) > LONG


def marked(expected: str, actual: str) -> Iterator[list[Token]]:
    """Yield the lines of both texts as one, word by word; of what is the same only the line around a change."""
    import difflib

    mine, yours = WORDS.findall(expected), WORDS.findall(actual)
    lines: list[list[Token]] = [[]]
    for word, first, last, start, end in difflib.SequenceMatcher(None, mine, yours, autojunk=False).get_opcodes():
        parts = ((" ", mine[first:last]),) if word == "equal" else (("-", mine[first:last]), ("+", yours[start:end]))
        for sign, words in parts:
            _spread(lines, sign, "".join(words))
    touched = {at for at, line in enumerate(lines) if any(sign != " " for sign, _ in line)}
    near = {other for at in touched for other in (at - 1, at, at + 1)}
    yield from (line for at, line in enumerate(lines) if at in near and "".join(text for _, text in line).strip())


def plain(line: Iterable[Token]) -> str:
    """Return a marked line without colours, as git's word diff has it."""
    brackets = {" ": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    return "".join(brackets[sign][0] + visible(text, lines=True) + brackets[sign][1] for sign, text in line if text)


def fact_lines(name: str, fact: Fact) -> list[str]:
    """Return a fact without colours: both values one below the other, or one text with marks."""
    expected, actual = sides(fact)
    if is_long(expected, actual):
        return [f"{name}: [-expected-] {{+actual+}}", *(f"  {plain(line)}" for line in marked(expected, actual))]
    return [f"{name}: expected {visible(expected)}", f"{' ' * len(name)}  actual   {visible(actual)}"]


def title(one: Difference) -> str:
    """Return what differs, in words."""
    return visible(f"{one.change} {one.kind} {one.name}")


def headline(found: Comparison) -> str:
    """Return a comparison in one sentence."""
    head = f"{found.expected} against {found.actual}"
    notes = [f"{len(found.pending)} pending, which is no drift"] if found.pending else []
    notes += [f"{len(found.ignored)} ignored by .driftignore"] if found.ignored else []
    about = f" ({'; '.join(notes)})" if notes else ""
    if found.same:
        return visible(f"{head}: same, {counted(found.objects, 'object')}{about}")
    return visible(f"{head}: {counted(len(found.differences), 'difference')}{about}")


def mending(found: Comparison) -> str | None:
    """Return what mends all differences of models, for no statement in a database does; else None."""
    if found.same or found.actual != "models":
        return None
    return "to mend: write the models again, by tools models or by hand"


def summary(found: Iterable[Comparison]) -> str:
    """Return the line that counts: all differences by severity, and what was left out."""
    found = tuple(found)
    severities: Counter[str] = Counter(one.severity for comparison in found for one in comparison.differences)
    ignored = sum(len(comparison.ignored) for comparison in found)
    total = severities.total()
    parts = [f"{severities[name]} {name}" for name in reversed(SEVERITIES) if severities[name]]
    tail = f"; {counted(ignored, 'difference')} ignored by .driftignore" if ignored else ""
    return f"{counted(total, 'difference')}{': ' if total else ''}{', '.join(parts)}{tail}"


def counsel(found: Counsel) -> str:
    """Return the line that counts advice by risk."""
    risks = Counter(one.advice.risk for one in found.found)
    parts = [f"{risks[risk]} {risk}" for risk in ("high", "medium", "low") if risks[risk]]
    return f"{counted(risks.total(), 'finding')}: {', '.join(parts)}" if parts else "nothing found"


def history(found: History) -> str:
    """Return the line that counts migrations by state; what is applied and what is pending always, the rest if any."""
    counts = {
        state: len(found.having(state)) for state in ("applied", "pending", "late", "edited", "missing", "unfinished")
    }
    shown = (f"{count:,} {state}" for state, count in counts.items() if count or state in ("applied", "pending"))
    return ", ".join(shown)


def item(one: Item) -> str:
    """Return what is noted of a migration: when it was applied, and what is odd about it."""
    entry = one.entry
    notes = [entry.applied_at] if entry and entry.applied_at else []
    notes += ["file edited since, in comments or white space only"] if one.cosmetic else []
    notes += [f"its file is now {one.renamed_to}"] if one.renamed_to else []
    notes += ["its rollback was interrupted: tools rollback continues it"] if one.half_undone else []
    notes += ["applied late"] if entry and entry.late else []
    return ", ".join(notes)


def counted(number: int, word: str) -> str:
    """Return ``1 difference``, ``2 differences``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def reaches(found: Iterable[Comparison], threshold: str) -> bool:
    """Tell whether any difference is as severe as that."""
    bad = SEVERITIES[SEVERITIES.index(threshold) :]
    return any(one.severity in bad for comparison in found for one in comparison.differences)


def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _spread(lines: list[list[Token]], sign: str, text: str) -> None:
    """Add a text to the last line, and begin a line after each line end."""
    for number, piece in enumerate(text.split("\n")):
        if number:
            lines.append([])
        if piece:
            lines[-1].append((sign, piece))


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


def uncompared(found: tuple[Comparison, ...]) -> str | None:
    """Return the sentence about what no query reads, None where there is nothing of the kind."""
    keys = sorted({key for one in found for key in one.uncompared})
    if not keys:
        return None
    shown = ", ".join([*keys[:10], *([f"and {len(keys) - 10} more"] if len(keys) > 10 else [])])
    return f"{counted(len(keys), 'object')} of kinds that are not compared: {shown}"


def rows_lines(trial: Trial) -> list[str]:
    """Return what became of the rows in a trial: what is lost, and what could not be tried or kept."""
    lines = []
    for loss in trial.losses:
        counts = {"gone": loss.gone, "changed": loss.changed, "new": loss.new}
        shown = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        where = f" in {', '.join(loss.columns)}" if loss.columns else ""
        lines.append(
            f"{loss.table}: of {counted(loss.rows, 'row')} {shown}{where}"
            if loss.counts
            else f"{loss.table}: {shown} rows"
        )
    lines += [f"what it drops comes back empty: {key}" for key in trial.dropped]
    lines += [f"tried on empty tables: with rows it stops at {trial.untried}"] if trial.untried else []
    return lines


def verified(found: Verification) -> str:
    """Return a verification in one line."""
    return f"{counted(len(found.trials), 'migration')} up, down, up: {verdict(found)}"


def verdict(found: Verification) -> str:
    """Return how many things are wrong; where a range was tried, its files count only as one."""
    bad = sum(not one.good for one in found.judged) + sum(not one.good for one in found.late) + len(found.triggers)
    return counted(bad, "finding") if bad else "every way back holds"


def split(place: str | None) -> tuple[str, str]:
    """Return file and line of a place, as far as it has them.

    >>> split("a.sql:14"), split("a.sql"), split(None)
    (('a.sql', '14'), ('a.sql', ''), ('', ''))
    """
    match = PLACE.match(place or "")
    return (match[1], match[2]) if match else (place or "", "")


def place(one: Finding) -> str | None:
    """Return ``file:line`` of a finding."""
    return f"{one.file}:{one.line}" if one.file and one.line else one.file


def lint_summary(found: Lint) -> str:
    """Return how many files were looked at, and what was found."""
    counts = Counter[str](one.class_ for one in found.findings)
    said = [counted(counts["hazard"], "hazard")] if counts["hazard"] else []
    said += [f"{counts[class_]} of {class_}" for class_ in ("design", "hygiene") if counts[class_]]
    return f"{counted(len(found.migrations), 'file')} measured: {', '.join(said) or 'nothing found'}"
