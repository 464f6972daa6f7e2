"""Entity relationship diagrams as Mermaid writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tools.document import Area, Column, Document, Link, Sheet
from tools.phrases import shown
from tools.wording import visible

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
KEYS = {"primary": "PK", "foreign": "FK", "unique": "UK"}


def diagram(area: Area, document: Document) -> str:
    """Return the tables of an area with their columns, and those of other areas that they are tied to by name only."""
    sheets = {sheet.name: sheet for sheet in document.sheets}
    inside = set(area.tables)
    links = [link for link in document.links if link.child in inside or link.parent in inside]
    return "\n".join(
        [
            "erDiagram",
            *(f"    {line}" for name in area.tables for line in _entity(sheets[name])),
            *(f"    {_tie(link)}" for link in links),
        ]
    )


def overview(document: Document) -> str:
    """Return the areas, and how many foreign keys go from one to the other."""
    home = {table: number for number, area in enumerate(document.areas) for table in area.tables}
    ties = Counter(
        (home[link.child], home[link.parent])
        for link in document.links
        if link.child in home and link.parent in home and home[link.child] != home[link.parent]
    )
    lines = ["flowchart LR"]
    lines += [f'    a{n}["{_text(area.title)} ({len(area.tables)})"]' for n, area in enumerate(document.areas)]
    lines += [f'    a{child} -->|"{count}"| a{parent}' for (child, parent), count in sorted(ties.items())]
    return "\n".join(lines)


def _entity(sheet: Sheet) -> Iterator[str]:
    yield f"{_name(sheet.name)} {{"
    for column in sheet.columns:
        yield f"    {_attribute(column)}"
    yield "}"


def _attribute(column: Column) -> str:
    keys = ", ".join(KEYS[key] for key in column.keys)
    name = column.name if PLAIN.fullmatch(column.name) else re.sub(r"\W+", "_", column.name).strip("_") or "_"
    name = name if PLAIN.match(name) else f"c_{name}"
    null = '"null"' if column.nullable else ""
    return " ".join(part for part in (_type(column.type), name, keys, null) if part)


def _type(text: str) -> str:
    """Return a type in the letters that Mermaid takes.

    >>> _type('numeric(12,2)'), _type('interval day to second'), _type('"My Type"[]')
    ('numeric(12_2)', 'interval_day_to_second', 'My_Type[]')
    """
    plain = re.sub(r"[^A-Za-z0-9_()\[\]]+", "_", text.replace('"', "")).strip("_")
    return plain if PLAIN.match(plain) else f"t_{plain}"


def _tie(link: Link) -> str:
    parent = "|o" if link.nullable else "||"
    child = "o|" if link.unique else "o{"
    return f'{_name(link.parent)} {parent}--{child} {_name(link.child)} : "{_text(", ".join(link.columns))}"'


def _name(name: str) -> str:
    plain = shown(name)
    return plain if PLAIN.fullmatch(plain) else f'"{_text(plain)}"'


def _text(text: str) -> str:
    """Return a text for between quotes: what Mermaid would read as a sign stands for itself no more.

    >>> _text('say "x" <b>')
    "say 'x' (b)"
    """
    signs: Mapping[str, str] = {'"': "'", "<": "(", ">": ")", "\\": "/", "%": "", "#": "", ";": ",", "`": "'"}
    return "".join(signs.get(char, char) for char in visible(text))
