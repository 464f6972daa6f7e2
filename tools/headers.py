"""The comments that an SQL file opens with: what it is for, and what it says of itself under each word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

LINE = re.compile(r"[^\S\n]*--[ \t]?(.*)")
ENTRY = re.compile(r"(\$\d+|[a-z]+):(?:[ \t]+(.*))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is said under a word, its continuations joined, and the line where that begins."""

    word: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first sentence, the prose after it, and the entries under their words: ``why``, ``index``, ``$1``."""

    title: str = ""
    prose: str = ""
    entries: tuple[Entry, ...] = ()

    def said(self, word: str) -> tuple[str, ...]:
        """Return what is said under a word, each time that it stands there."""
        return tuple(entry.text for entry in self.entries if entry.word == word)

    def line(self, word: str) -> int:
        """Return the line where a word stands first; the first one where it does not."""
        return next((entry.line for entry in self.entries if entry.word == word), 1)

    @property
    def facts(self) -> Mapping[str, str]:
        """Return all that is said under each word, in one text."""
        return {entry.word: " ".join(self.said(entry.word)) for entry in self.entries}

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return what the parameters of a query are."""
        return {word: text for word, text in self.facts.items() if word.startswith("$")}


def read(text: str) -> Header:
    r"""Return the header; an entry goes on until the next one, or an empty line.

    >>> read("-- Add a column.\n--\n-- why: reports\n--      need it\n-- risk: low\n\nselect 1;").facts
    {'why': 'reports need it', 'risk': 'low'}
    """
    paragraphs: list[str] = [""]
    entries: list[Entry] = []
    is_said = False
    for number, line in _lines(text):
        found = ENTRY.fullmatch(line)
        if found:
            is_said = True
            entries.append(Entry(word=found[1], text=found[2] or "", line=number))
        elif not line:
            is_said = False
            paragraphs.append("")
        elif is_said:
            entries[-1] = replace(entries[-1], text=_joined(entries[-1].text, line))
        else:
            paragraphs[-1] = _joined(paragraphs[-1], line)
    told = [paragraph for paragraph in paragraphs if paragraph]
    return Header(title=told[0] if told else "", prose="\n\n".join(told[1:]), entries=tuple(entries))


def body(text: str) -> str:
    """Return the file without its header."""
    lines = text.lstrip().splitlines()
    while lines and LINE.fullmatch(lines[0]):
        del lines[0]
    return "\n".join(lines).strip("\n")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comment lines that the file opens with; after an empty line, a comment is a statement's."""
    is_open = False
    for number, line in enumerate(text.splitlines(), start=1):
        comment = LINE.fullmatch(line)
        if comment:
            is_open = True
            yield number, comment[1].strip()
        elif line.strip() or is_open:
            break


def _joined(before: str, more: str) -> str:
    return f"{before} {more}".strip()
