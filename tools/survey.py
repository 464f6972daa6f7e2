"""A catalog, and what the repository says of it, put together as a document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tools import areas, completions, document, integrity, names, remarks, sheets, upkeep
from tools.catalog import Catalog, objects
from tools.creations import split
from tools.document import Area, Document, Entry, Model, Move, Question, Sample, Sheet
from tools.kinds import Object
from tools.layout import Scope, flat
from tools.origins import Origins
from tools.package import Package
from tools.sheets import Knowledge, Slugs
from tools.surroundings import surround

# What stands in the schema beside tables and views, in the order of reading
OTHERS = (
    *("extension", "schema", "enum", "domain", "composite type", "range type", "base type", "collation", "sequence"),
    *("function", "operator", "cast", "text search configuration", "text search dictionary", "event trigger"),
    *("foreign data wrapper", "foreign server", "publication", "subscription"),
)
VERSION = re.compile(r"(?<=^create extension )(.*) version '[^']*'")
READS = re.compile(r'\b(?:from|join|into|update)\s+(?:only\s+)?((?:[\w.]|"(?:[^"]|"")+")+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a repository says of a schema; a source that is not its own has none of most."""

    title: str
    external: frozenset[str] = frozenset()
    origins: Origins | None = None
    package: Package | None = None
    package_name: str = ""
    decisions: tuple[tuple[str, str], ...] = ()
    history: tuple[Move, ...] = ()
    questions: tuple[Question, ...] = ()
    samples: tuple[Sample, ...] = ()


def describe(catalog: Catalog, material: Material) -> Document:
    """Return the document of a catalog."""
    origins = material.origins
    known = Knowledge(
        place=origins.of if origins else lambda _: None,
        external=material.external,
        models=_models(material.package) if material.package else {},
        queries=_asked(material.questions),
    )
    found = sheets.build(catalog, known)
    shown = {sheet.name for sheet in found}
    links = tuple(link for link in sheets.links(catalog) if link.child in shown and link.parent in shown)
    return Document(
        title=material.title,
        server_version=catalog.server_version,
        package=material.package_name,
        decisions=material.decisions,
        areas=tuple(_areas(found, links, catalog)),
        sheets=found,
        links=tuple(link for link in links if f"table {link.child}" not in material.external),
        others=tuple(_others(catalog, known)),
        samples=material.samples,
        history=material.history,
        rules=integrity.rules(catalog, found, material.package),
        questions=tuple(_placed(one, found) for one in material.questions),
        upkeep=upkeep.advise(catalog, found),
    )


def _models(package: Package) -> dict[str, Model]:
    return {
        one.subject.name: Model(
            name=one.name,
            module=one.module,
            schemas=tuple(schema.name for schema in one.schemas),
            relationships=tuple(
                (line.name, flat(line.annotation, Scope()).replace('"', "")) for line in one.relationships
            ),
        )
        for one in package.models
    }


def _asked(questions: Iterable[Question]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in questions:
        for index in one.indexes:
            found[index].append(one.name)
    return {index: tuple(queries) for index, queries in found.items()}


def _placed(question: Question, found: Sequence[Sheet]) -> Question:
    """Return the query with the tables that it reads, by their full names."""
    said = {names.split(name)[-1] for name in READS.findall(question.text)}
    return replace(question, tables=tuple(one.name for one in found if names.split(one.name)[-1] in said))


def _areas(found: Sequence[Sheet], links: Iterable[document.Link], catalog: Catalog) -> Iterator[Area]:
    tables = [sheet.name for sheet in found if "view" not in sheet.kind]
    told = {
        comment.name.partition(" ")[2]: tag
        for comment in catalog.comments
        if comment.name.startswith("table ") and (tag := remarks.read(comment.text).tags.get("area"))
    }
    homes = {name: split(name)[0] for name in tables}
    ties = [areas.Tie(child=link.child, parent=link.parent) for link in links]
    slugs = Slugs()
    lesser = frozenset(sheet.name for sheet in found if sheet.external)
    known = {table: area for table, area in told.items() if table in homes}
    for title, members in areas.split(tables, ties, homes, known, lesser).items():
        yield Area(title=title, slug=slugs.take(title), tables=members)


def _others(catalog: Catalog, known: Knowledge) -> Iterator[Entry]:
    around = surround(catalog)
    comments = {comment.name: comment.text for comment in catalog.comments}
    for one in sorted((one for one in objects(catalog) if _stands_alone(one)), key=_order):
        yield Entry(
            kind=one.kind,
            name=one.name,
            definition=VERSION.sub(r"\1", ";\n".join(completions.make(one, around))),
            comment=remarks.read(comments.get(one.key)).prose,
            place=known.place(one),
        )


def _stands_alone(item: Object) -> bool:
    owned = getattr(item, "owned_by", None)
    return item.kind in OTHERS and not owned and item.key not in ("schema public", "extension plpgsql")


def _order(item: Object) -> tuple[int, str]:
    return OTHERS.index(item.kind), item.name
