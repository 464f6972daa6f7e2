"""The documentation as a static site: pages, an index to search, and the style and script that go with them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from tools import pages, records
from tools.document import Document
from tools.phrases import shown
from tools.wording import counted

ASSETS = Path(__file__).parent / "site"
NAMES = ("site.css", "site.js", "theme.js")
LONGEST = 160  # letters of a comment in the index


def build(document: Document) -> dict[str, str]:
    """Return the files by path; they need no server, and nothing from anywhere else."""
    files = dict(itertools.chain(pages.pages(document), records.pages(document)))
    files["search.js"] = _index(document)
    return files | {name: (ASSETS / name).read_text(encoding="utf-8") for name in NAMES}


def _index(document: Document) -> str:
    """Return what the search looks through: kind, name, page, words about it, and the names of its parts."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True, separators=(",", ":")) for entry in _entries(document))
    return f"// Written by tools docs: do not edit it.\nwindow.schemaIndex = [\n{lines}\n];\n"


def _entries(document: Document) -> Iterator[list[str]]:
    for sheet in document.sheets:
        columns = " ".join(column.name for column in sheet.columns)
        yield [sheet.kind, shown(sheet.name), f"tables/{sheet.slug}.html", sheet.purpose[:LONGEST], columns]
    if len(document.areas) > 1:
        for area in document.areas:
            yield ["area", area.title, f"areas/{area.slug}.html", counted(len(area.tables), "table"), ""]
    for sheet in document.sheets:
        for index in sheet.indexes:
            yield ["index", index.name, f"tables/{sheet.slug}.html#indexes", index.reason[:LONGEST], ""]
    for entry in document.others:
        yield [entry.kind, shown(entry.name), "types.html", entry.comment[:LONGEST], ""]
    for question in document.questions:
        yield ["query", question.name, f"queries/{question.slug}.html", question.title[:LONGEST], ""]
    for move in document.history:
        yield ["migration", move.id, f"migrations/{move.slug}.html", move.title[:LONGEST], ""]
