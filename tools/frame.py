"""What every page of the site has: the head, the search, the way to other pages, and links from one to another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tools.document import Area, Document, Move, Question, Sheet
from tools.markup import Content, Markup, tag, text
from tools.phrases import shown

FIRST = "<!-- Written by tools docs: do not edit it, run tools docs --html again. -->"
SECTIONS = {
    "index.html": "Overview",
    "tables.html": "Tables",
    "types.html": "Types and functions",
    "models.html": "Models",
    "indexes.html": "Indexes",
    "rules.html": "Rules",
    "queries.html": "Queries",
    "history.html": "Migrations",
    "maintenance.html": "Maintenance",
}
STAMP = re.compile(r"^\d{14}_")  # of a migration: what tells them apart is the rest
LEGEND = "From the table that points to the one that it points to: dashed where it may be null."
AREAS = 60  # in the way to other pages; beyond, they are on the overview


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The document, and how far up the page's folder is from the top: ``""`` or ``"../"``."""

    document: Document
    root: str = ""

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The tables and views by name."""
        return {sheet.name: sheet for sheet in self.document.sheets}

    @cached_property
    def home(self) -> Mapping[str, Area]:
        """The area of each table."""
        return {table: area for area in self.document.areas for table in area.tables}

    @cached_property
    def moves(self) -> Mapping[str, Move]:
        """The migrations by path."""
        return {move.path: move for move in self.document.history}

    def to(self, sheet: Sheet) -> str:
        """Return where the page of a table is."""
        return f"{self.root}tables/{sheet.slug}.html"

    def table(self, name: str) -> Markup:
        """Return a link to a table; a name that has no page stays a name."""
        sheet = self.sheets.get(name)
        return tag("a", shown(name), href=self.to(sheet)) if sheet else tag("code", shown(name))

    def area(self, area: Area) -> Markup:
        """Return a link to an area."""
        return tag("a", area.title, href=f"{self.root}areas/{area.slug}.html")

    def move(self, move: Move) -> Markup:
        """Return a link to a migration."""
        return tag("a", move.id, href=f"{self.root}migrations/{move.slug}.html")

    def question(self, question: Question) -> Markup:
        """Return a link to a query."""
        return tag("a", question.name, href=f"{self.root}queries/{question.slug}.html")

    def place(self, where: str | None) -> Markup:
        """Return ``path:line``, as a link where the file has a page."""
        path, _, line = (where or "").rpartition(":")
        move = self.moves.get(path)
        if not where:
            return Markup()
        name = path.rpartition("/")[2].removesuffix(".sql")
        label = tag("code", f"{STAMP.sub('', name)}:{line}", title=where, class_="place")
        return tag("a", label, href=f"{self.root}migrations/{move.slug}.html#L{line}") if move else label

    def page(self, title: str, *main: Content, current: str = "", crumbs: Content = None) -> str:
        """Return a whole page."""
        name = self.document.title
        whole = title if title == name else f"{title} · {name}"
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("title", whole),
            tag("link", rel="stylesheet", href=f"{self.root}site.css"),
            tag("script", src=f"{self.root}theme.js"),
            tag("script", src=f"{self.root}site.js", defer=True),
        )
        trail = tag("p", crumbs, class_="crumbs") if crumbs else None
        body = tag(
            "body",
            tag("a", "Skip to the content", href="#main", class_="skip"),
            self._header(),
            tag("div", self._ways(current), tag("main", trail, main, id="main"), class_="columns"),
            data_root=self.root or "./",
        )
        return f"<!doctype html>\n{FIRST}\n{tag('html', head, body, lang='en')}\n"

    def _header(self) -> Markup:
        field = tag(
            "input",
            id="search",
            type="search",
            placeholder="Search tables, columns, comments",
            autocomplete="off",
            spellcheck="false",
            role="combobox",
            aria_expanded="false",
            aria_controls="found",
            aria_autocomplete="list",
            aria_label="Search",
        )
        return tag(
            "header",
            tag("a", self.document.title, href=f"{self.root}index.html", class_="brand"),
            tag(
                "div",
                field,
                tag("kbd", "/", aria_hidden="true"),
                tag("ul", id="found", role="listbox", aria_label="Found", hidden=True),
                class_="search",
                role="search",
            ),
            tag("button", "Theme", type="button", id="theme", aria_label="Light or dark", hidden=True),
            class_="top",
        )

    def _ways(self, current: str) -> Markup:
        links = [
            tag("li", tag("a", label, href=f"{self.root}{path}", aria_current="page" if path == current else None))
            for path, label in SECTIONS.items()
        ]
        parts: list[Content] = [tag("ul", links)]
        if 1 < len(self.document.areas) <= AREAS:
            found = [
                tag(
                    "li",
                    tag(
                        "a",
                        area.title,
                        tag("small", str(len(area.tables))),
                        href=f"{self.root}areas/{area.slug}.html",
                        aria_current="page" if f"areas/{area.slug}.html" == current else None,
                    ),
                )
                for area in self.document.areas
            ]
            parts += [tag("h2", "Areas"), tag("ul", found)]
        return tag("nav", parts, class_="ways", aria_label="Sections")


def section(title: str, *content: Content, slug: str = "") -> Markup:
    """Return a part of a page under its heading; nothing where there is nothing in it."""
    inside = text(content)
    if not inside:
        return Markup()
    anchor = slug or title.lower().replace(" ", "-")
    return tag("section", tag("h2", title), inside, id=anchor, aria_label=title)


def viewer(diagram: Markup) -> Markup:
    """Return a diagram in a frame in which it can be moved."""
    controls = [
        tag("button", sign, type="button", data_act=act, aria_label=label, title=label)
        for sign, act, label in (
            ("+", "in", "Larger"),
            ("\N{MINUS SIGN}", "out", "Smaller"),
            ("Fit", "fit", "All of it"),
            ("Full", "full", "Whole window"),
        )
    ]
    bar = tag("div", controls, class_="controls", role="group", aria_label="Diagram", hidden=True)
    return tag("figure", tag("div", diagram, class_="stage"), tag("figcaption", LEGEND, bar), class_="viewer")
