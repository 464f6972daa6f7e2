"""Diagrams of tables and of areas as SVG: drawn once, in the colours that the page has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.document import Area, Column, Document, Link, Sheet
from tools.layout import width
from tools.markup import Markup, tag
from tools.phrases import shown
from tools.placing import Box, Edge, Plan, Point, place, spread
from tools.wording import counted

LETTER = 7.0  # the width of a letter in the boxes, which have a font of one width
ROW = 20.0
HEAD = 30.0
PAD = 12.0
KEY = 26.0  # where the names of columns begin
ROWS = ((8, 14), (14, 10), (10_000, 7))  # of a table, where there are so many tables; the others are counted
MAP = 30  # areas; more are a map without lines
LONGEST = 34  # letters of a name or a type
KEYS = {"primary": "PK", "foreign": "FK", "unique": "U"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A box with its rows (key, name, type), and where it leads."""

    name: str
    title: str
    href: str
    class_: str
    rows: tuple[tuple[str, str, str], ...] = ()
    tip: str = ""

    @property
    def box(self) -> Box:
        """Return how large it is."""
        wide = max((KEY + LETTER * (width(name) + width(type_)) + 18 for _, name, type_ in self.rows), default=0.0)
        wide = max(wide, LETTER * 1.08 * width(self.title))
        return Box(name=self.name, width=round(wide + 2 * PAD), height=self.height)

    @property
    def height(self) -> float:
        """Return the height alone."""
        return HEAD + (ROW * len(self.rows) + 6 if self.rows else 0)

    def level(self, column: str) -> float:
        """Return how far below its top the row of a column is."""
        number = next((number for number, row in enumerate(self.rows) if row[1] == _cut(column)), None)
        return HEAD / 2 if number is None else HEAD + ROW * number + ROW / 2 + 2


def tables(document: Document, names: Collection[str], href: Callable[[Sheet], str], *, title: str) -> Markup:
    """Return the diagram of these tables, with those of elsewhere that they point to by name only."""
    sheets = {sheet.name: sheet for sheet in document.sheets}
    inside = set(names)
    links = [link for link in document.links if link.child in inside]
    others = {link.parent for link in links} - inside
    most = next(rows for count, rows in ROWS if len(inside) <= count)
    boxes = [_whole(sheets[name], links, href, most) for name in sorted(inside)]
    boxes += [_brief(sheets[name], href) for name in sorted(others)]
    return _draw(boxes, links, title)


def around(document: Document, sheet: Sheet, href: Callable[[Sheet], str], most: int = 24) -> Markup | None:
    """Return a table with its neighbours; None where it has none."""
    links = [link for link in document.links if sheet.name in (link.child, link.parent)]
    sheets = {one.name: one for one in document.sheets}
    near = sorted({name for link in links for name in (link.child, link.parent)} - {sheet.name})
    if not links:
        return None
    kept = {sheet.name, *near[:most]}
    links = [link for link in links if {link.child, link.parent} <= kept]
    boxes = [_whole(sheet, links, href, ROWS[0][1])] + [_near(sheets[name], links, href) for name in near[:most]]
    title = f"{shown(sheet.name)} and its neighbours"
    return _draw(boxes, links, title if len(near) <= most else f"{title}: {most} of {len(near)}")


def areas(document: Document, href: Mapping[str, str]) -> Markup:
    """Return the areas, and how many foreign keys go from one to the other; of many areas these show when asked for."""
    home = {table: area.title for area in document.areas for table in area.tables}
    ties = Counter((home[link.child], home[link.parent]) for link in document.links if link.parent in home)
    many = len(document.areas) > MAP
    boxes = [
        Drawn(
            name=area.title,
            title=_cut(area.title),
            href=href[area.title],
            class_="area",
            rows=tuple(("", row, "") for row in _contents(document, area, 0 if many else 5)),
            tip=counted(len(area.tables), "table"),
        )
        for area in document.areas
    ]
    plan = (spread if many else place)([one.box for one in boxes], ties)
    known = {one.name: one for one in boxes}
    class_ = "many quiet" if many else "many"
    lines = [
        _line(plan, known, edge, (HEAD / 2, HEAD / 2), counted(count, "foreign key"), count, class_)
        for edge, count in sorted(ties.items())
        if edge[0] != edge[1]
    ]
    return _svg(plan, boxes, lines, "The areas of the schema")


def _contents(document: Document, area: Area, most: int) -> list[str]:
    """Return the tables of an area that most is tied to, and how many others there are."""
    degree = Counter(link.parent for link in document.links) + Counter(link.child for link in document.links)
    names = sorted(area.tables, key=lambda name: (-degree[name], name))
    more = len(names) - most
    count = [f"and {more} more" if most else counted(more, "table")] if more > 0 else []
    return [*(_cut(shown(name)) for name in names[:most]), *count]


def _whole(sheet: Sheet, links: Sequence[Link], href: Callable[[Sheet], str], most: int) -> Drawn:
    """Return the box of a table with its columns; where they are many, keys come first and the rest is counted."""
    columns = list(sheet.columns)
    if len(columns) > most:
        linked = {name for link in links for name in _ends(link, sheet.name)}
        keys = [one for one in columns if one.name in linked or "primary" in one.keys]
        columns = (keys + [one for one in columns if one not in keys])[: most - 1]
    more = len(sheet.columns) - len(columns)
    rows = [_row(one) for one in columns] + ([("", f"and {more} more", "")] if more else [])
    return _box(sheet, href, tuple(rows), "external" if sheet.external else "table")


def _near(sheet: Sheet, links: Sequence[Link], href: Callable[[Sheet], str]) -> Drawn:
    linked = {name for link in links for name in _ends(link, sheet.name)}
    return _box(sheet, href, tuple(_row(one) for one in sheet.columns if one.name in linked), "table near")


def _brief(sheet: Sheet, href: Callable[[Sheet], str]) -> Drawn:
    return _box(sheet, href, (), "external" if sheet.external else "elsewhere")


def _ends(link: Link, table: str) -> tuple[str, ...]:
    return (link.columns if link.child == table else ()) + (link.targets if link.parent == table else ())


def _box(sheet: Sheet, href: Callable[[Sheet], str], rows: tuple[tuple[str, str, str], ...], class_: str) -> Drawn:
    return Drawn(
        name=sheet.name, title=_cut(shown(sheet.name)), href=href(sheet), class_=class_, rows=rows, tip=sheet.purpose
    )


def _row(column: Column) -> tuple[str, str, str]:
    key = next((KEYS[key] for key in KEYS if key in column.keys), "")
    return key, _cut(column.name), _cut(column.type) + ("?" if column.nullable else "")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _draw(boxes: Sequence[Drawn], links: Iterable[Link], title: str) -> Markup:
    known = {one.name: one for one in boxes}
    drawn = [link for link in links if link.child in known and link.parent in known]
    plan = place([one.box for one in boxes], [(link.child, link.parent) for link in drawn])
    lines = [
        _line(
            plan,
            known,
            (link.child, link.parent),
            (known[link.child].level(link.columns[0]), known[link.parent].level(link.targets[0])),
            f"{shown(link.child)} ({', '.join(link.columns)}) to {shown(link.parent)}: on delete {link.on_delete}",
            class_=f"{'one' if link.unique else 'many'}{' optional' if link.nullable else ''}",
        )
        for link in drawn
    ]
    return _svg(plan, boxes, lines, title)


def _line(
    plan: Plan,
    boxes: Mapping[str, Drawn],
    edge: Edge,
    levels: tuple[float, float],
    tip: str,
    count: int = 1,
    class_: str = "many",
) -> Markup:
    """Return the line of a foreign key, from child to parent, with a wide stroke beneath that is easy to point at."""
    child, parent = edge
    (left, top), (other_left, other_top) = plan.corners[child], plan.corners[parent]
    start_y, end_y = top + levels[0], other_top + levels[1]
    wide, other_wide = boxes[child].box.width, boxes[parent].box.width
    if child == parent:
        path = _loop(left + wide, start_y, end_y)
    elif other_left + other_wide <= left:
        path = _path([(left, start_y), *plan.bends.get(edge, ()), (other_left + other_wide, end_y)], -1)
    elif left + wide <= other_left:
        path = _path([(left + wide, start_y), *plan.bends.get(edge, ()), (other_left, end_y)], 1)
    else:
        path = _bow(left + wide, other_left + other_wide, start_y, end_y)
    marks = {"marker_start": f"url(#{'one' if class_.startswith('one') else 'many'})", "marker_end": "url(#end)"}
    return tag(
        "g",
        tag("title", tip),
        tag("path", d=path, class_="grip"),
        tag("path", d=path, class_="line", stroke_width=round(1.2 + min(count, 12) * 0.25, 1), **marks),
        class_=f"edge {class_}",
        data_ends=f"{_id(child)} {_id(parent)}",
    )


def _path(points: Sequence[Point], direction: int) -> str:
    """Return a curve through the points, level at each of them."""
    found = [f"M{_at(points[0])}"]
    for (x, y), (next_x, next_y) in pairwise(points):
        if y == next_y:
            found.append(f"H{next_x:.1f}")
            continue
        bow = max(abs(next_x - x) * 0.5, 24.0) * direction
        found.append(f"C{_at((x + bow, y))} {_at((next_x - bow, next_y))} {_at((next_x, next_y))}")
    return "".join(found)


def _loop(right: float, start: float, end: float) -> str:
    end = end if abs(end - start) > 8 else start - ROW
    return f"M{_at((right, start))}C{_at((right + 44, start))} {_at((right + 44, end))} {_at((right, end))}"


def _bow(right: float, other_right: float, start: float, end: float) -> str:
    far = max(right, other_right) + 50
    return f"M{_at((right, start))}C{_at((far, start))} {_at((far, end))} {_at((other_right, end))}"


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _id(name: str) -> str:
    """Return a name as one word: what a list of words in an attribute can hold."""
    return "".join(char if char.isalnum() else f"_{ord(char):x}_" for char in name)


def _node(one: Drawn, corner: Point) -> Markup:
    box = one.box
    inside: list[Markup | None] = [
        tag("title", f"{one.title}: {one.tip}" if one.tip else one.title),
        tag("rect", class_="back", width=box.width, height=box.height, rx=8),
        tag("text", one.title, class_="title", x=PAD, y=HEAD / 2 + 5),
    ]
    if one.rows:
        inside.append(tag("path", class_="rule", d=f"M0 {HEAD:g}H{box.width:g}"))
    for number, (key, name, type_) in enumerate(one.rows):
        y = HEAD + ROW * number + ROW / 2 + 6
        inside.append(tag("text", key, class_=f"key {key.lower()}", x=PAD, y=y) if key else None)
        inside.append(tag("text", name, class_="name", x=PAD if one.class_ == "area" else PAD + KEY, y=y))
        inside.append(tag("text", type_, class_="type", x=box.width - PAD, y=y) if type_ else None)
    return tag(
        "a",
        inside,
        href=one.href,
        class_=f"node {one.class_}",
        data_id=_id(one.name),
        transform=f"translate({_at(corner)})",
    )


def _svg(plan: Plan, boxes: Iterable[Drawn], lines: Iterable[Markup], title: str) -> Markup:
    nodes = [_node(one, plan.corners[one.name]) for one in boxes]
    wide = plan.width + 40
    return tag(
        "svg",
        tag("title", title),
        MARKERS,
        tag("g", tag("g", list(lines), class_="edges"), tag("g", nodes, class_="nodes"), class_="scene"),
        class_="diagram",
        role="group",
        viewBox=f"0 0 {wide:.0f} {plan.height:.0f}",
        data_width=f"{wide:.0f}",
        data_height=f"{plan.height:.0f}",
        aria_label=title,
    )


# The feet of crows, the bars of one, and the end at the parent
MARKERS = tag(
    "defs",
    tag(
        "marker",
        tag("path", d="M0 1L11 6L0 11M11 6H14"),
        id="many",
        viewBox="0 0 14 12",
        refX="0",
        refY="6",
        markerWidth="14",
        markerHeight="12",
        orient="auto",
        markerUnits="userSpaceOnUse",
    ),
    tag(
        "marker",
        tag("path", d="M6 1V11M0 6H8"),
        id="one",
        viewBox="0 0 8 12",
        refX="0",
        refY="6",
        markerWidth="8",
        markerHeight="12",
        orient="auto",
        markerUnits="userSpaceOnUse",
    ),
    tag(
        "marker",
        tag("circle", cx="4", cy="4", r="3"),
        id="end",
        viewBox="0 0 8 8",
        refX="4",
        refY="4",
        markerWidth="8",
        markerHeight="8",
        markerUnits="userSpaceOnUse",
    ),
)
