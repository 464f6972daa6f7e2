"""The pages about tables: the overview, the list, one page an area, one page a table or view."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tools import drawing
from tools.document import Area, Document, Entry, Move, Sheet
from tools.frame import Frame, section, viewer
from tools.markup import Content, Markup, sentence, sql, table, tag, text
from tools.phrases import shown

KEYS = {"primary": "key", "unique": "unique"}


def pages(document: Document) -> Iterator[tuple[str, str]]:
    """Yield path and text of each page."""
    top, below = Frame(document=document), Frame(document=document, root="../")
    yield "index.html", _overview(top)
    yield "tables.html", top.page("Tables", tag("h1", "Tables"), _lists(top), current="tables.html")
    if len(document.areas) > 1:
        for area in document.areas:
            yield f"areas/{area.slug}.html", _area(below, area)
    touched = _touched(document)
    for sheet in document.sheets:
        yield f"tables/{sheet.slug}.html", _sheet(below, sheet, touched.get(sheet.name, []))


def _overview(frame: Frame) -> str:
    document = frame.document
    kinds = Counter(sheet.kind for sheet in document.sheets if not sheet.external)
    facts = [(f"{kind}s" if count != 1 else kind, str(count)) for kind, count in sorted(kinds.items())]
    facts += [("foreign keys", str(len(document.links))), ("indexes", str(_indexes(document)))]
    facts += [("migrations", str(len(document.history)))] if document.history else []
    facts += [("PostgreSQL", document.server_version.partition(".")[0])]
    if len(document.areas) > 1:
        href = {area.title: f"{frame.root}areas/{area.slug}.html" for area in document.areas}
        diagram: Markup | None = drawing.areas(document, href)
    elif document.areas:
        diagram = drawing.tables(document, document.areas[0].tables, frame.to, title="The tables of the schema")
    else:
        diagram = None
    decisions = [tag("li", title, " ", tag("code", path)) for title, path in document.decisions]
    return frame.page(
        document.title,
        tag("h1", document.title),
        tag("dl", [tag("div", tag("dt", word), tag("dd", value)) for word, value in facts], class_="facts"),
        viewer(diagram) if diagram else tag("p", "There are no tables."),
        section("Tables", _lists(frame)),
        section("Decisions", tag("ul", decisions) if decisions else None),
        current="index.html",
    )


def _indexes(document: Document) -> int:
    return sum(len(sheet.indexes) for sheet in document.sheets)


def _lists(frame: Frame) -> Markup:
    """Return all tables and views with what they are for, area by area."""
    document = frame.document
    parts: list[Content] = []
    for area in document.areas:
        if len(document.areas) > 1:
            parts.append(tag("h3", frame.area(area)))
        parts.append(_list(frame, (frame.sheets[name] for name in area.tables), f"Tables of {area.title}"))
    views = [sheet for sheet in document.sheets if sheet.name not in frame.home]
    if views:
        parts += [tag("h3", "Views"), _list(frame, views, "Views")]
    return text(parts)


def _list(frame: Frame, sheets: Iterable[Sheet], caption: str) -> Markup:
    rows = [
        (frame.table(one.name), one.purpose or ("Another system's." if one.external else ""), str(len(one.columns)))
        for one in sheets
    ]
    return table(("name", "what it is for", "columns"), rows, caption=caption, class_="list")


def _area(frame: Frame, area: Area) -> str:
    return frame.page(
        area.title,
        tag("h1", area.title, tag("small", "area")),
        viewer(drawing.tables(frame.document, area.tables, frame.to, title=f"The tables of {area.title}")),
        section("Tables", _list(frame, (frame.sheets[name] for name in area.tables), f"Tables of {area.title}")),
        current=f"areas/{area.slug}.html",
    )


def _sheet(frame: Frame, sheet: Sheet, moves: list[Move]) -> str:
    area = frame.home.get(sheet.name)
    trail: list[Content] = [tag("a", "Tables", href=f"{frame.root}tables.html")]
    if area and len(frame.document.areas) > 1:
        trail += [" / ", frame.area(area)]
    name = shown(sheet.name)
    diagram = drawing.around(frame.document, sheet, frame.to)
    made = [" Made at ", frame.place(sheet.place), "."] if sheet.place else []
    owner = " Another system owns it; here is what this schema relies on." if sheet.external else ""
    return frame.page(
        name,
        tag("h1", name, tag("small", sheet.kind)),
        tag("p", sheet.purpose or "Nothing is said of it.", owner, made, class_="lead"),
        viewer(diagram) if diagram else None,
        section("Columns", _columns(frame, sheet)),
        section("Constraints", _entries(frame, sheet.constraints, ("name", "what it demands", "why", "made at"))),
        section("When a row is deleted", _deletion(sheet)),
        section("Pointed to by", _inbound(frame, sheet)),
        section("Indexes", _own_indexes(frame, sheet)),
        section("Triggers", _entries(frame, sheet.triggers, ("name", "when, and what", "why", "made at"))),
        section("Row-level security", _policies(frame, sheet)),
        section("Partitions", _partitions(sheet)),
        section("Model", _model(sheet)),
        section("Sample rows", _sample(frame, sheet)),
        section("Changed by", _changed(frame, moves)),
        section("DDL", sql("".join(f"{one};\n" for one in sheet.ddl)) if sheet.ddl else None, slug="ddl"),
        crumbs=trail,
    )


def _columns(frame: Frame, sheet: Sheet) -> Markup:
    targets: dict[str, list[Content]] = defaultdict(list)
    for link in frame.document.links:
        if link.child == sheet.name:
            for column in link.columns:
                targets[column].append(frame.table(link.parent))
    rows: list[tuple[Content, ...]] = []
    for one in sheet.columns:
        badges = [tag("span", KEYS[key], class_=f"badge {key}") for key in one.keys if key in KEYS]
        points = [tag("span", "→ ", target, class_="badge foreign") for target in targets[one.name]]
        null = "" if "view" in sheet.kind else "null" if one.nullable else "not null"
        rows.append(
            (
                [tag("code", one.name), badges, points],
                tag("code", one.type),
                tag("span", null, class_="null" if one.nullable else "required"),
                tag("code", one.value) if one.value else "",
                one.comment,
            )
        )
    head = ("column", "type", "null", "default", "what it is")
    return table(*_filled(head, rows), caption=f"Columns of {shown(sheet.name)}", class_="fields")


def _entries(frame: Frame, entries: Iterable[Entry], head: tuple[str, ...]) -> Markup | None:
    rows = [(tag("code", one.name), sentence(one.words), one.comment, frame.place(one.place)) for one in entries]
    return table(*_filled(head, rows), caption=head[1].capitalize()) if rows else None


def _filled(head: tuple[str, ...], rows: Sequence[Sequence[Content]]) -> tuple[list[str], list[list[Content]]]:
    """Leave out the columns in which nothing stands."""
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    return [head[number] for number in kept], [[row[number] for number in kept] for row in rows]


def _deletion(sheet: Sheet) -> Markup | None:
    found = [tag("li", sentence(one), ".") for one in sheet.deletion]
    return text([tag("p", "Then PostgreSQL"), tag("ul", found)]) if found else None


def _inbound(frame: Frame, sheet: Sheet) -> Markup | None:
    rows = [
        (frame.table(link.child), tag("code", ", ".join(link.columns)), sentence(link.words))
        for link in frame.document.links
        if link.parent == sheet.name
    ]
    caption = f"Foreign keys that point to {shown(sheet.name)}"
    return table(("table", "columns", "on delete"), rows, caption=caption) if rows else None


def _own_indexes(frame: Frame, sheet: Sheet) -> Markup | None:
    queries = {one.name: one for one in frame.document.questions}
    rows: list[tuple[Content, ...]] = [
        (
            tag("code", one.name),
            sentence(one.words),
            one.reason,
            _separated([*one.serves, *(frame.question(queries[name]) for name in one.queries)]),
            frame.place(one.place),
        )
        for one in sheet.indexes
    ]
    head = ("index", "what it finds", "why", "needed by", "made at")
    return table(*_filled(head, rows), caption=f"Indexes of {shown(sheet.name)}") if rows else None


def _separated(items: list[Content]) -> list[Content]:
    return [part for number, item in enumerate(items) for part in ((", ", item) if number else (item,))]


def _policies(frame: Frame, sheet: Sheet) -> Markup | None:
    if not sheet.security and not sheet.policies:
        return None
    told = f"It is {sheet.security or 'off: the policies wait for it'}."
    return text([tag("p", told), _entries(frame, sheet.policies, ("name", "what it lets through", "why", "made at"))])


def _partitions(sheet: Sheet) -> Markup | None:
    if not sheet.partition_key:
        return None
    found = [tag("li", tag("code", shown(one))) for one in sheet.partitions]
    return text([tag("p", "Partitioned by ", tag("code", sheet.partition_key), "."), tag("ul", found)])


def _model(sheet: Sheet) -> Markup | None:
    model = sheet.model
    if model is None:
        return None
    schemas = _separated([tag("code", name) for name in model.schemas])
    rows = [(tag("code", name), tag("code", type_)) for name, type_ in model.relationships]
    told = tag("p", tag("code", model.name), " in ", tag("code", f"{model.module}.py"), ". ", schemas)
    return text([told, table(("relationship", "type"), rows, caption="Relationships") if rows else None])


def _sample(frame: Frame, sheet: Sheet) -> Markup | None:
    sample = next((one for one in frame.document.samples if one.table == sheet.name), None)
    if sample is None:
        return None
    rows = [[tag("code", value) for value in row] for row in sample.rows]
    return text([table(sample.head, rows, caption="Sample rows"), tag("p", f"{len(rows)} of {sample.total} rows.")])


def _changed(frame: Frame, moves: list[Move]) -> Markup | None:
    return tag("ul", [tag("li", frame.move(one), " ", one.title) for one in moves]) if moves else None


def _touched(document: Document) -> dict[str, list[Move]]:
    """Return the migrations that did something to a table, or to a part of it."""
    names = {sheet.name for sheet in document.sheets}
    found: dict[str, list[Move]] = defaultdict(list)
    for move in document.history:
        said = {shift.name.partition(" ")[2] or shift.name for shift in move.shifts} | {one.name for one in move.shifts}
        parts = {".".join(name.split(".")[:2]) for name in said}
        for name in sorted(names & (said | parts)):
            found[name].append(move)
    return found
