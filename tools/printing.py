"""SQL as PostgreSQL prints it, folded where the same tree, or the same text, is printed in more than one way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
SPELLINGS = {" ON TRUE": " ON (true)", " NO INDENT)": ")"}
SPELLING = re.compile("|".join((r"'(?:[^']|'')*'", *map(re.escape, SPELLINGS))))
CONNECTIVE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]| AND | OR """)
NAME = re.compile(r"[\w\"]")
# Keywords since 16 and 17, which new servers quote and old ones do not (src/include/parser/kwlist.h)
SINCE_16 = "json_array|json_arrayagg|json_object|json_objectagg|system_user"
SINCE_17 = "json|json_exists|json_query|json_scalar|json_serialize|json_table|json_value|merge_action"
NEW_KEYWORD = re.compile(rf"""('(?:[^']|'')*'|"(?:[^"]|"")*\s(?:[^"]|"")*")|"({SINCE_16}|{SINCE_17})\"""")
AFTER_FROM = frozenset(("WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", ";"))
SET_OPERATIONS = frozenset(("UNION", "INTERSECT", "EXCEPT"))
# What stands before a query whose columns have names for the query around it
BEFORE_A_TABLE = frozenset(("FROM", "JOIN", "LATERAL", "AS", "MATERIALIZED"))


@dataclass(slots=True)
class Level:
    """What is between two parentheses, as far as it was read: the clause, and whether its columns' names are seen."""

    is_seen: bool
    clause: str = ""


@dataclass(slots=True)
class Group:
    """What is between two parentheses: what connects it, and where a group that it begins with opens and closes."""

    start: int
    word: str = ""
    first: tuple[int, ...] = ()
    first_word: str = ""


def fold(text: str) -> str:
    """Return the text with everything printed one way that PostgreSQL prints in several."""
    return unquote(unname(flatten(cast_each(respell(text)))))


def fold_body(text: str) -> str:
    """Return a function's body: as it was written, or folded where PostgreSQL prints it (``begin atomic``)."""
    return fold(text) if text.startswith(("BEGIN ATOMIC", "RETURN ")) else text


def respell(text: str) -> str:
    """Return the text with a join without a condition as one on true, and without what XMLSERIALIZE says since 16.

    >>> respell("XMLSERIALIZE(CONTENT x AS text NO INDENT) FROM (a LEFT JOIN b ON TRUE)")
    'XMLSERIALIZE(CONTENT x AS text) FROM (a LEFT JOIN b ON (true))'
    """
    if not any(spelling in text for spelling in SPELLINGS):
        return text
    return SPELLING.sub(lambda match: SPELLINGS.get(match[0], match[0]), text)


def cast_each(text: str) -> str:
    """Return the text with the cast of a list of varchar literals printed one way.

    >>> cast_each("((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))")
    "((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"
    """
    if "::character varying])::text[])" not in text:
        return text
    return CAST_OF_ARRAY.sub(lambda match: f"(ARRAY[{LITERAL.sub(_cast, match[1])}])", text)


def flatten(text: str) -> str:
    """Return the text with a leading AND in AND, and OR in OR, as one: the parser makes one of it at a dump's reload.

    (makeAndExpr() in src/backend/parser/gram.y; BETWEEN becomes an AND later, so that it is nested at first.)

    >>> flatten("(((a >= 1) AND (a <= 5)) AND ((b > 0) AND (b < 9)))")
    '((a >= 1) AND (a <= 5) AND ((b > 0) AND (b < 9)))'
    """
    if ") AND " not in text and ") OR " not in text:
        return text
    dropped: list[int] = []
    groups = [Group(start=-1)]
    for token in CONNECTIVE.finditer(text):
        group = groups[-1]
        if token[0] == "(":
            groups.append(Group(start=token.start()))
        elif token[0] == ")":
            if group.word and group.word == group.first_word:
                dropped += group.first
            groups.pop()
            outer = groups[-1]
            if group.start == outer.start + 1 and text.startswith((" AND ", " OR "), token.end()):
                outer.first, outer.first_word = (group.start, token.start()), group.word
        elif token[0] in (" AND ", " OR "):
            group.word = token[0]
    for position in sorted(dropped, reverse=True):
        text = text[:position] + text[position + 1 :]
    return text


def unquote(text: str) -> str:
    """Return the text with those names unquoted that only new servers quote, for they became keywords.

    >>> unquote('(t."json" || t."order")')
    '(t.json || t."order")'
    """
    if '"' not in text:
        return text
    return NEW_KEYWORD.sub(lambda match: match[1] or match[2], text)


def unname(text: str) -> str:
    """Return the text without the names of columns that nobody sees: in a union after its first query, in expressions.

    The parser chooses them, and at a dump's reload another one (FigureColname() in src/backend/parser/parse_target.c).

    >>> unname(" SELECT a.x FROM a WHERE (EXISTS ( SELECT 1 AS one)) UNION SELECT NULL::integer AS int4;")
    ' SELECT a.x FROM a WHERE (EXISTS ( SELECT 1)) UNION SELECT NULL::integer;'
    """
    if " AS " not in text or ("( SELECT" not in text and not any(word in text for word in SET_OPERATIONS)):
        return text
    words = TOKEN.findall(text)
    dropped: set[int] = set()
    for position, level in enumerate(_names(words)):
        if words[position] == "AS" and level.clause == "SELECT" and not level.is_seen:
            dropped |= set(range(position - 1, position + 3))
    return "".join(word for position, word in enumerate(words) if position not in dropped)


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
    sampled = next((place for place, position in enumerate(source) if words[position] == "TABLESAMPLE"), len(source))
    source = source[:sampled]
    if not source or any(words[position] in SET_OPERATIONS for position in top):
        return view
    is_join = words[source[0]] == "(" and levels[source[0] + 1] == (1, 0)
    names = [words[position] for position in source if NAME.match(words[position])]
    names = ['"xmltable"'] if names == ["XMLTABLE"] else names
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


def _names(words: list[str]) -> Iterator[Level]:
    """Yield the level that each word stands in."""
    stack = [Level(is_seen=any(word in ("SELECT", *SET_OPERATIONS) for word in _outermost(words)))]
    before = "("
    for word in words:
        level = stack[-1]
        if word == "(":
            is_table = before in BEFORE_A_TABLE or (before == "," and level.clause == "FROM")
            stack.append(Level(is_seen=is_table or (before == "(" and level.is_seen)))
        elif word == ")":
            stack.pop()
        elif word in SET_OPERATIONS:
            level.is_seen = False
        if word in ("SELECT", "FROM") or word in AFTER_FROM or word in SET_OPERATIONS:
            level.clause = word
        yield level
        before = before if word.isspace() else word


def _outermost(words: list[str]) -> Iterator[str]:
    return (word for word, (depth, _) in zip(words, _levels(words), strict=True) if depth == 0)


def _cast(literal: re.Match[str]) -> str:
    return f"({literal[0]})::text"
