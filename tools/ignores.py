"""The project's ``.driftignore``: which differences are left out of a comparison, why, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from tools import catalog, subset
from tools.catalog import COMPARED, Catalog
from tools.changes import Change
from tools.config import Project
from tools.errors import Trouble
from tools.kinds import Object

FILE = ".driftignore"
Word = Literal["missing", "unexpected", "changed"]
LINE = re.compile(
    rf"^(?:(?P<word>{'|'.join(get_args(Word))})\s+)?"
    rf"(?P<kind>{'|'.join(sorted(map(re.escape, COMPARED), key=len, reverse=True))}|\*)(?:\.(?P<fact>\w+))?"
    r"\s+(?P<name>\S.*?)(?:\s+until\s+(?P<until>\S+))?\s+#\s*(?P<reason>\S.*)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: what it is about (`*` is any kind), where it stands, and the day after which it counts no longer."""

    place: str
    text: str
    word: Word | None
    kind: str
    fact: str | None
    name: re.Pattern[str]
    until: date | None
    reason: str

    def names(self, item: Object) -> bool:
        """Tell whether the line names the object."""
        return self.kind in ("*", item.kind) and self.name.fullmatch(item.name) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The changes that count, those that were left out, and the entries that name anything at all."""

    kept: tuple[Change, ...]
    ignored: tuple[Change, ...] = ()
    used: frozenset[Entry] = frozenset()


def read(project: Project) -> tuple[Entry, ...]:
    """Read the file; no file is no entries."""
    path = project.directory / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"cannot read {FILE}: {error}") from error
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return tuple(_entry(f"{FILE}:{number}", line) for number, line in lines if line and not line.startswith("#"))


def expired(entries: Iterable[Entry], today: date) -> tuple[Entry, ...]:
    """Return the entries whose day is over: what they name is drift again."""
    return tuple(entry for entry in entries if entry.until is not None and entry.until < today)


def sift(changes: tuple[Change, ...], expected: Catalog, actual: Catalog, entries: tuple[Entry, ...]) -> Sifted:
    """Leave out what the entries name, and all that belongs to it."""
    named = {entry: frozenset(_named(entry, expected, actual)) for entry in entries}
    used = frozenset(entry for entry, keys in named.items() if keys)
    if not changes or not used:
        return Sifted(kept=changes, used=used)
    covered = {
        entry: keys if entry.fact else subset.belonging(expected, keys) | subset.belonging(actual, keys)
        for entry, keys in named.items()
    }
    left = [(change, _left(change, covered)) for change in changes]
    return Sifted(
        kept=tuple(kept for _, kept in left if kept is not None),
        ignored=tuple(change for change, kept in left if kept is None),
        used=used,
    )


def _named(entry: Entry, *catalogs: Catalog) -> Iterator[str]:
    return (item.key for one in catalogs for item in catalog.objects(one) if entry.names(item))


def _left(change: Change, covered: Mapping[Entry, frozenset[str]]) -> Change | None:
    """Return what is left of a change; None where nothing is."""
    ours = [e for e, keys in covered.items() if change.item.key in keys and e.word in (None, change.word)]
    if any(entry.fact is None for entry in ours):
        return None
    gone = {entry.fact for entry in ours}
    facts = {name: fact for name, fact in change.facts.items() if name not in gone}
    return replace(change, facts=facts) if facts or not change.facts else None


def _entry(place: str, line: str) -> Entry:
    match = LINE.match(line)
    if match is None:
        raise Trouble(
            f"{place}: cannot read {line!r}: write KIND NAME # REASON, like: index public.tmp_* # a trial of the DBA"
        )
    kind, fact = match["kind"], match["fact"]
    known = {f.name for name, facts in COMPARED.items() if kind in ("*", name) for f in facts}
    if fact is not None and fact not in known:
        raise Trouble(f"{place}: {kind} has no fact {fact}: it has {', '.join(sorted(known)) or 'none'}")
    return Entry(
        place=place,
        text=line,
        word=match["word"],  # type: ignore[arg-type] # the pattern takes these words only
        kind=kind,
        fact=fact,
        name=glob(match["name"]),
        until=_day(place, match["until"]),
        reason=match["reason"],
    )


def _day(place: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Trouble(f"{place}: until takes a day like 2026-12-31, not {text!r}") from None


def glob(text: str) -> re.Pattern[str]:
    """Return the pattern of a name in which ``*`` is any text and ``?`` any character."""
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(char, re.escape(char)) for char in text), re.DOTALL)
