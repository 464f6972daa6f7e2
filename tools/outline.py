r"""A file as psql reads it: SQL, and between it the lines of data that psql sends after ``copy ... from stdin;``.

The lines end with ``\.`` or with the file. psql takes them from the line after the semicolon, and what else stands on
the semicolon's line comes after them (handleCopyIn() in src/bin/psql/copy.c, MainLoop() in mainloop.c).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
# The grammar takes both words for the client; sets of letters, and not a flag, keep the search fast in a large file
CLIENT = r"[sS][tT][dD](?:[iI][nN]|[oO][uU][tT])\b"
OPTIONS = 100  # semicolons to look at in a copy's options: more means a quote that nobody closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy with its data in the file.

    `end`, behind its semicolon, and `cut`, where the lines stood, count in the SQL; `data` counts in the text. `taken`
    is how many characters are left out of the SQL up to here, the mark of the end among them.
    """

    end: int
    cut: int
    data: slice
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The SQL of a text, without data, and its copies."""

    sql: str
    copies: tuple[Copy, ...] = ()

    def place(self, offset: int) -> int:
        """Return where in the text a character of the SQL stands."""
        before = bisect_right(self.copies, offset, key=lambda copy: copy.cut)
        return offset + (self.copies[before - 1].taken if before else 0)


def read(text: str) -> Outline:
    r"""Return the SQL of a text, and where the data is that was left out of it.

    >>> read("copy t from stdin; select 1;\n1\n\\.\nselect 2").sql
    'copy t from stdin; select 1;\nselect 2'
    """
    if not re.search(CLIENT, text):
        return Outline(sql=text)
    pieces: list[str] = []
    copies: list[Copy] = []
    rest, position, length, taken = "", 0, 0, 0  # `rest`: the line of the last copy, behind its semicolon
    while True:
        if (end := _end_of_copy("", rest, 0)) is not None:
            pieces.append(rest[:end])
            rest, start = rest[end:], position
        elif (end := _end_of_copy(rest, text, position)) is not None:
            pieces.append(rest + text[position:end])
            start = text.find("\n", end) + 1 or len(text)
            rest = text[end:start]
        else:
            return Outline(sql="".join([*pieces, rest, text[position:]]), copies=tuple(copies))
        stop, position = _end_of_data(text, start)
        length, taken = length + len(pieces[-1]), taken + position - start
        copies.append(Copy(end=length, cut=length + len(rest), data=slice(start, stop), taken=taken))


def scan(sql: str) -> Iterator[Any]:
    """Return the tokens of PostgreSQL's scanner, without comments."""
    from pglast import parser

    return (token for token in parser.scan(sql) if token.name not in COMMENTS)


def parse_error() -> type[Exception]:
    """Return the error of the scanner and of the parser, which is imported when it is first needed."""
    from pglast import parser

    error: type[Exception] = parser.ParseError
    return error


def _end_of_copy(lead: str, text: str, position: int) -> int | None:
    """Return where in `text` the next copy ends; what is scanned starts with `lead`, and goes on at `position`."""
    for match in re.compile(CLIENT).finditer(text, position):
        if _is_copy(lead + text[position : match.end()]):
            return _end_of_statement(text, match.end())
    return None


def _is_copy(sql: str) -> bool:
    """Tell whether the last words are a copy's ``from stdin``, and not a part of a string, a comment or a query."""
    try:
        tokens = list(scan(sql))
    except parse_error():
        return False
    names = [token.name for token in tokens]
    if names[-2:-1] != ["FROM"] or names[-1] not in ("STDIN", "STDOUT") or tokens[-1].end != len(sql) - 1:
        return False
    start = len(names) - names[::-1].index("ASCII_59") if "ASCII_59" in names else 0
    statement = names[start:]
    return statement[0] == "COPY" and statement.count("ASCII_40") == statement.count("ASCII_41")


def _end_of_statement(text: str, position: int) -> int | None:
    for match in islice(re.compile(";").finditer(text, position), OPTIONS):
        try:
            tokens = list(scan(text[position : match.end()]))
        except parse_error():
            continue
        if tokens and tokens[-1].end == match.start() - position:
            return match.end()
    return None  # a last statement without a semicolon: psql sends it, and then no data


def _end_of_data(text: str, start: int) -> tuple[int, int]:
    r"""Return where the data ends, and where SQL goes on behind the line ``\.``."""
    mark = text.find("\\.", start)
    while mark >= 0:
        end = mark + 3 if text.startswith("\r", mark + 2) else mark + 2
        if (mark == start or text[mark - 1] == "\n") and text[end : end + 1] in ("\n", ""):
            return mark, min(end + 1, len(text))
        mark = text.find("\\.", end)
    return len(text), len(text)
