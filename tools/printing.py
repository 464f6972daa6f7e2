"""SQL as PostgreSQL prints it, folded where the same tree, or the same text, is printed in more than one way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import overload

LITERALS = r"(?:'(?:[^']|'')*'::character varying(?:, )?)+"
# `x in ('a', 'b')` over a varchar is printed as a cast of an array; what a dump's reload makes of that, as an array
# of casts (make_scalar_array_op() in src/backend/parser/parse_oper.c)
CAST_OF_ARRAY = re.compile(rf"\(\(ARRAY\[({LITERALS})\]\)::text\[\]\)")
LITERAL = re.compile(r"'(?:[^']|'')*'::character varying")
CAST = re.compile(
    r"""::(?:"(?:[^"]|"")+"|\w+)(?:\.(?:"(?:[^"]|"")+"|\w+))?(?:\ (?:varying|precision|with(?:out)?\ time\ zone))*"""
    r"""(?:\(\d+(?:,\d+)?\))?(?:\[\])*"""
)
TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\s+|.""", re.DOTALL)
NAME = re.compile(r"[\w\"]")
AFTER_FROM = frozenset(("WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", ";"))
SET_OPERATIONS = frozenset(("UNION", "INTERSECT", "EXCEPT"))


@overload
def fold(text: str) -> str: ...
@overload
def fold(text: list[str]) -> list[str]: ...
def fold(text: str | list[str]) -> str | list[str]:
    """Return the text with the cast of a list of varchar literals printed one way.

    >>> fold("((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))")
    "((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"
    """
    if isinstance(text, list):
        return [fold(part) for part in text]
    if "::character varying])::text[])" not in text:
        return text
    return CAST_OF_ARRAY.sub(lambda match: f"(ARRAY[{LITERAL.sub(_cast, match[1])}])", text)


def without_casts(text: str) -> str:
    """Return the text without casts, parentheses and white space: what stays when a column's type changes.

    >>> without_casts("((status)::text = 'open'::text)") == without_casts("(status = 'open'::public.status)")
    True
    """
    return re.sub(r"[\s()]", "", CAST.sub("", text))


def unqualify(view: str) -> str:
    """Return a view's text as PostgreSQL 16 and later print it: no table name before the columns of a single table.

    Queries inside it have more than one level, and are printed with names by every version.

    >>> unqualify(" SELECT t.id, ( SELECT max(x.n) FROM x WHERE (x.id = t.id)) FROM app.tasks t WHERE (t.id > 1);")
    ' SELECT id, ( SELECT max(x.n) FROM x WHERE (x.id = t.id)) FROM app.tasks t WHERE (id > 1);'
    """
    words = TOKEN.findall(view)
    levels = tuple(_levels(words))
    top = [position for position, level in enumerate(levels) if level == (0, 0)]
    start = next((position for position in top if words[position] == "FROM"), len(words))
    end = next((position for position in top if position > start and words[position] in AFTER_FROM), len(words))
    source = [position for position in top if start < position < end and not words[position].isspace()]
    if not source or any(words[position] in SET_OPERATIONS for position in top):
        return view
    is_join = words[source[0]] == "(" and levels[source[0] + 1] == (1, 0)
    names = [words[position] for position in source if NAME.match(words[position])]
    if is_join or not names or any(words[position] == "," for position in source):
        return view
    dropped: set[int] = set()
    for position, word in enumerate(words[:-2]):
        is_column = words[position + 1] == "." and NAME.match(words[position + 2])
        if word == names[-1] and is_column and levels[position][1] == 0 and not start < position < end:
            dropped |= {position, position + 1}
    return "".join(word for position, word in enumerate(words) if position not in dropped)


def _levels(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield how many parentheses, and how many queries in parentheses, each word stands in."""
    stack: list[bool] = []
    for position, word in enumerate(words):
        if word == ")":
            stack.pop()
        yield len(stack), sum(stack)
        if word == "(":
            inner = (word for word in words[position + 1 :] if not word.isspace())
            stack.append(next(inner, "") in ("SELECT", "WITH", "VALUES"))


def _cast(literal: re.Match[str]) -> str:
    return f"({literal[0]})::text"
