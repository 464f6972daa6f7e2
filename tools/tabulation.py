"""Tables and views as Markdown: what each is for, its columns, what it demands, how it is found, what it is made by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tools import markdown, prose
from tools.document import Document, Entry, Index, Sheet
from tools.phrases import shown
from tools.prose import code, plain, sentence
from tools.wording import counted


def tables(document: Document) -> Iterator[str]:
    """Yield the chapter about tables, area by area, then the views, types and functions."""
    sheets = {sheet.name: sheet for sheet in document.sheets}
    for area in document.areas:
        if len(document.areas) > 1:
            yield f"### Area {plain(area.title)}"
        for name in area.tables:
            yield from sheet(sheets[name])
    views = [one for one in document.sheets if "view" in one.kind]
    for view in views:
        yield from sheet(view)
    if document.others:
        yield from _others(document.others)


def sheet(found: Sheet) -> Iterator[str]:
    """Yield all that is known of one table or view."""
    yield f"{prose.anchor(f'table-{found.slug}')}\n\n### {plain(shown(found.name))}"
    yield _purpose(found)
    yield markdown.table(("column", "type", "null", "default", "what it is"), map(_column, _with_keys(found)))
    if found.constraints:
        yield markdown.table(("constraint", "what it demands", "why", "made at"), map(_demand, found.constraints))
    if found.deletion:
        yield "When a row is deleted, PostgreSQL\n\n" + prose.listed(f"{sentence(one)}." for one in found.deletion)
    if found.indexes:
        yield markdown.table(("index", "what it finds", "why"), map(_index, found.indexes))
    if found.triggers:
        yield markdown.table(("trigger", "when, and what", "made at"), map(_told, found.triggers))
    if found.policies or found.security:
        yield f"Row-level security is {found.security or 'off: the policies wait for it'}."
    if found.policies:
        yield markdown.table(("policy", "what it lets through", "made at"), map(_told, found.policies))
    if found.partition_key:
        yield f"Partitioned by {code(found.partition_key)}: {counted(len(found.partitions), 'partition')}."
    if found.ddl:
        yield markdown.folded("DDL, comments and rights aside", "sql", "".join(f"{one};\n" for one in found.ddl))


def indexes(document: Document) -> str:
    """Return the chapter about indexes: which there are, why, and who uses them."""
    found = [(one, index) for one in document.sheets if not one.external for index in one.indexes]
    if not found:
        return "There are no indexes."
    rows = [(*_indexed(table, index), _users(index)) for table, index in found]
    intro = (
        "Every index has to earn what it costs each write: it keeps a constraint, it serves a foreign key, or a"
        " documented query (section 9) needs it."
    )
    return f"{intro}\n\n" + markdown.table(("table", "index", "why", "needed by"), rows)


def place(text: str | None) -> str:
    """Return where something was made, as a link to the line."""
    if not text:
        return ""
    path, _, line = text.rpartition(":")
    return f"[{plain(path.rpartition('/')[2])}:{line}]({path.replace(' ', '%20')}#L{line})"


def link(found: Sheet) -> str:
    """Return the name of a table as a link to what is said of it."""
    return f"[{plain(shown(found.name))}](#table-{found.slug})"


def _purpose(found: Sheet) -> str:
    owner = "Another system owns this table: here is what this schema relies on." if found.external else ""
    kind = "" if found.kind == "table" else f"A {found.kind}."
    made = f"Made at {place(found.place)}." if found.place else ""
    return " ".join(filter(None, (kind, plain(found.purpose), owner, made))) or "Nothing is said of it."


def _with_keys(found: Sheet) -> Iterable[tuple[Sheet, int]]:
    return ((found, number) for number in range(len(found.columns)))


def _column(pair: tuple[Sheet, int]) -> tuple[str, ...]:
    found, number = pair
    column = found.columns[number]
    keys = f" ({', '.join(f'{key} key' if key != 'unique' else key for key in column.keys)})" if column.keys else ""
    null = "" if "view" in found.kind else "null" if column.nullable else "not null"
    return (
        f"{code(column.name)}{keys}",
        code(column.type),
        null,
        code(column.value) if column.value else "",
        plain(column.comment),
    )


def _demand(one: Entry) -> tuple[str, ...]:
    return code(one.name), sentence(one.words), plain(one.comment), place(one.place)


def _index(one: Index) -> tuple[str, ...]:
    return code(one.name), sentence(one.words), plain(one.reason)


def _told(one: Entry) -> tuple[str, ...]:
    return code(one.name), " ".join(filter(None, (sentence(one.words), plain(one.comment)))), place(one.place)


def _indexed(table: Sheet, index: Index) -> tuple[str, ...]:
    return link(table), code(index.name), plain(index.reason) or sentence(index.words)


def _users(index: Index) -> str:
    return (
        ", ".join([*map(plain, index.serves), *(f"[{plain(name)}](#query-{name})" for name in index.queries)])
        or "nothing that is known"
    )


def _others(found: Iterable[Entry]) -> Iterator[str]:
    yield "### Types, functions and more"
    rows = [(plain(one.kind), code(shown(one.name)), plain(one.comment), place(one.place)) for one in found]
    yield markdown.table(("kind", "name", "what it is", "made at"), rows)
    text = "".join(f"{one.definition};\n\n" for one in found if one.definition)
    if text:
        yield markdown.folded("DDL of these", "sql", text)
