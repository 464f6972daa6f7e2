"""HTML and SVG as values: every text in it is escaped, but for what was made here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from tools.wording import visible

CODE = re.compile(r"`([^`]+)`")
VOID = frozenset(("meta", "link", "input", "br", "hr"))
SQL = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<string>[eE]?'(?:[^']|'')*')|(?P<name>\"(?:[^\"]|\"\")*\")"
    r"|(?P<number>\b\d+(?:\.\d+)?\b)|(?P<word>\b[A-Za-z_]\w*\b)",
    re.DOTALL,
)
RESERVED = """
add after all alter always and any array as asc atomic before begin by cascade case cast check collate column
comment commit concurrently constraint create cross current_date current_timestamp current_user cycle default
deferrable deferred delete desc disable distinct do domain drop each else enable end enum except exclude execute
exists extension false first for force foreign from full function generated grant group having identity if ilike in
include increment index inherits initially inner insert instead into is join key language last lateral left level
like limit local lock materialized minvalue maxvalue nothing not null nulls of offset on only or order over owned
owner partition permissive policy primary privileges procedure public range references replace restrict
restrictive return returning returns revoke right role row rows schema security select sequence set some start
stored strict table temporary then to trigger true truncate type union unique unlogged update using valid validate
values view virtual when where window with without
"""
KEYWORDS = frozenset(RESERVED.split())


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


Content = str | Iterable["Content"] | None


def text(content: Content) -> Markup:
    """Return content as HTML: strings escaped, markup as it is, several one after the other.

    >>> text(["<b> & ", tag("i", '"')])
    '&lt;b&gt; &amp; <i>&quot;</i>'
    """
    if content is None:
        return Markup()
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return Markup(escape(visible(content, lines=True)))
    return Markup("".join(map(text, content)))


def tag(name: str, /, *content: Content, **attributes: str | float | bool | None) -> Markup:
    """Return an element; `class_` is class, `data_x` data-x, None and False leave an attribute out."""
    written = "".join(
        f" {_name(key)}{_value(value)}" for key, value in attributes.items() if value not in (None, False)
    )
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{text(content)}</{name}>")


def sentence(words: str) -> Markup:
    """Return a sentence of `phrases`: between backticks is code."""
    parts = CODE.split(words)
    return text([tag("code", part) if number % 2 else part for number, part in enumerate(parts)])


def sql(statement: str, *, numbered: bool = False) -> Markup:
    """Return SQL with its words, strings and comments marked; numbered lines can be linked to: ``#L14``."""
    lines: list[list[Content]] = [[]]
    for kind, piece in _tokens(statement.strip("\n")):
        for number, part in enumerate(piece.split("\n")):
            if number:
                lines.append([])
            lines[-1].append(tag("span", part, class_=kind) if kind and part else part)
    if numbered:
        found = [tag("span", line, "\n", id=f"L{number}", class_="line") for number, line in enumerate(lines, start=1)]
    else:
        found = [text([line, "\n"]) for line in lines]
    return tag("pre", tag("code", found), class_="sql numbered" if numbered else "sql", tabindex="0")


def _tokens(statement: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a statement, each with its class."""
    end = 0
    for match in SQL.finditer(statement):
        kind = match.lastgroup or ""
        if kind == "word":
            kind = "keyword" if match[0].lower() in KEYWORDS else ""
        yield "", statement[end : match.start()]
        yield "" if kind == "name" else kind[:1], match[0]
        end = match.end()
    yield "", statement[end:]


def table(head: Iterable[Content], rows: Iterable[Iterable[Content]], *, caption: str, class_: str = "") -> Markup:
    """Return a table, in a box that scrolls where it is too wide."""
    body = [tag("tr", [tag("td", cell) for cell in row]) for row in rows]
    inside = tag(
        "table",
        tag("caption", caption, class_="hidden"),
        tag("thead", tag("tr", [tag("th", cell, scope="col") for cell in head])),
        tag("tbody", body),
        class_=class_ or None,
    )
    return tag("div", inside, class_="wide", role="region", aria_label=caption, tabindex="0")


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float | bool | None) -> str:
    if value is True:
        return ""
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f'="{escape(visible(shown))}"'
