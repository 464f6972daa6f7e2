"""The comments that an SQL file opens with: what it is for, and what it says of itself under each word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

LINE = re.compile(r"[^\S\n]*--[ \t]?(.*)")
ENTRY = re.compile(r"(\$\d+|[a-z]+):(?:[ \t]+(.*))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first sentence, the prose after it, and the entries, by their word: ``why``, ``index``, ``$1``."""

    title: str = ""
    prose: str = ""
    entries: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return what the parameters of a query are."""
        return {word: text for word, text in self.entries.items() if word.startswith("$")}


def read(text: str) -> Header:
    r"""Return the header; an entry goes on until the next one, or an empty line.

    >>> read("-- Add a column.\n--\n-- why: reports\n--      need it\n-- risk: low\n\nselect 1;").entries
    {'why': 'reports need it', 'risk': 'low'}
    """
    paragraphs: list[str] = [""]
    entries: dict[str, str] = {}
    word = ""
    for line in _lines(text):
        found = ENTRY.fullmatch(line)
        if found:
            word = found[1]
            entries[word] = _joined(entries.get(word, ""), found[2] or "")
        elif not line:
            word = ""
            paragraphs.append("")
        elif word:
            entries[word] = _joined(entries[word], line)
        else:
            paragraphs[-1] = _joined(paragraphs[-1], line)
    told = [paragraph for paragraph in paragraphs if paragraph]
    return Header(title=told[0] if told else "", prose="\n\n".join(told[1:]), entries=entries)


def body(text: str) -> str:
    """Return the file without its header."""
    lines = text.lstrip().splitlines()
    while lines and LINE.fullmatch(lines[0]):
        del lines[0]
    return "\n".join(lines).strip("\n")


def _lines(text: str) -> list[str]:
    """Return the comment lines that the file opens with; after an empty line, a comment is a statement's."""
    found = []
    for line in text.splitlines():
        comment = LINE.fullmatch(line)
        if comment:
            found.append(comment[1].strip())
        elif line.strip() or found:
            break
    return found


def _joined(before: str, more: str) -> str:
    return f"{before} {more}".strip()
