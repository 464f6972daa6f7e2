"""The document as one Markdown page of ten sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from tools import markdown, mermaid, prose, tabulation
from tools.document import Document, Move, Question, Sample, Sheet
from tools.phrases import shown
from tools.prose import code, plain, sentence
from tools.tabulation import link

FIRST = "<!-- Written by tools docs: do not edit it, run tools docs again. -->"
SERVER = re.compile(r"^\| server \| PostgreSQL (\d+) \|$", re.MULTILINE)


def write(document: Document) -> str:
    """Return the page; it has no time and no place in it, so the same schema makes the same page."""
    parts = [FIRST, f"# {plain(document.title)}", _contents()]
    for number, (title, chapter) in enumerate(CHAPTERS.items(), start=1):
        parts += [f"{prose.anchor(_slug(title))}\n\n## {number}. {title}", *filter(None, chapter(document))]
    return "\n\n".join(parts) + "\n"


def _contents() -> str:
    return "\n".join(f"{number}. [{title}](#{_slug(title)})" for number, title in enumerate(CHAPTERS, start=1))


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def _overview(document: Document) -> Iterator[str]:
    kinds = Counter(sheet.kind for sheet in document.sheets if not sheet.external)
    rows = [("server", f"PostgreSQL {document.server_version.partition('.')[0]}")]
    rows += [("ORM", f"SQLModel, in {code(document.package + '/')}" if document.package else "SQLModel")]
    rows += [(f"{kind}s", str(count)) for kind, count in sorted(kinds.items())]
    rows += [("foreign keys", str(len(document.links)))]
    rows += [("migrations", str(len(document.history)))] if document.history else []
    yield markdown.table(("what", "which"), rows)
    sheets = {sheet.name: sheet for sheet in document.sheets}
    names = [name for area in document.areas for name in area.tables]
    names += [sheet.name for sheet in document.sheets if sheet.name not in names]
    yield (
        markdown.table(
            ("table or view", "what it is for"), [(link(sheets[name]), _purpose(sheets[name])) for name in names]
        )
        if names
        else "There are no tables."
    )
    if document.decisions:
        yield "Decisions, each on a page of its own:"
        yield prose.listed(f"[{plain(title)}]({path})" for title, path in document.decisions)


def _purpose(sheet: Sheet) -> str:
    return plain(sheet.purpose) or ("Another system's." if sheet.external else "")


def _tables(document: Document) -> Iterator[str]:
    yield "" if document.sheets else "There are no tables."
    yield from tabulation.tables(document)


def _diagrams(document: Document) -> Iterator[str]:
    if not document.areas:
        yield "There are no tables."
    if len(document.areas) > 1:
        yield "The areas, and how many foreign keys go from one to another:"
        yield prose.fenced("mermaid", mermaid.overview(document))
    for area in document.areas:
        if len(document.areas) > 1:
            yield f"### Diagram of {plain(area.title)}"
        yield prose.fenced("mermaid", mermaid.diagram(area, document))


def _models(document: Document) -> Iterator[str]:
    found = [(sheet, sheet.model) for sheet in document.sheets if sheet.model]
    where = f"in {code(document.package)}" if document.package else "as `tools models --from` would write them"
    yield f"A class for each table and view, {where}, with what clients may create, update and read."
    rows = [
        (
            link(sheet),
            code(model.name),
            code(f"{model.module}.py"),
            ", ".join(map(code, model.schemas)),
            ", ".join(f"{code(name)}: {code(type_)}" for name, type_ in model.relationships),
        )
        for sheet, model in found
    ]
    yield markdown.table(("table", "class", "module", "schemas", "relationships"), rows) if rows else ""


def _indexes(document: Document) -> Iterator[str]:
    yield tabulation.indexes(document)


def _samples(document: Document) -> Iterator[str]:
    if not document.samples:
        yield "There are no sample data."
        return
    yield "The first rows that `sql/seed` makes; … is what is different each time, or too long."
    for sample in document.samples:
        yield from _sample(sample)


def _sample(sample: Sample) -> Iterator[str]:
    rows = [tuple(code(value) for value in row) for row in sample.rows]
    count = f", {len(rows)} of {sample.total}" if sample.total > len(rows) else ""
    yield f"{code(shown(sample.table))}{count}:"
    yield markdown.table(tuple(map(code, sample.head)), rows)


def _history(document: Document) -> Iterator[str]:
    if not document.history:
        yield "There is no history of migrations."
        return
    yield STRATEGY
    outside = [move for move in document.history if not move.transactional]
    careful = [move for move in document.history if move.risk and not move.risk.startswith("low")]
    final = [move for move in document.history if move.way_back.startswith("none")]
    yield "Execution plan, for a new database and for one that is behind:"
    yield prose.listed(
        [
            "`tools plan` shows what is pending, with its risk; `tools apply --dry-run` tries it and rolls back;",
            "`tools apply` runs the files in their order, each in one transaction with its ledger row"
            + (f", but for these, which run statement by statement: {_ids(outside)};" if outside else ";"),
            f"with more than a low risk, so watched by somebody: {_ids(careful) or 'none'};",
            f"with no way back: {_ids(final) or 'none'};",
            "`tools drift-check` proves the result; `tools rollback` goes back, newest first.",
        ]
    )
    rows = [
        (f"[{plain(move.id)}](#migration-{move.slug})", plain(move.title), plain(move.risk), plain(move.phase))
        for move in document.history
    ]
    yield markdown.table(("migration", "what it does", "risk", "phase"), rows)
    for move in document.history:
        yield _move(move)


def _ids(moves: list[Move]) -> str:
    return ", ".join(f"[{plain(move.id)}](#migration-{move.slug})" for move in moves)


def _move(move: Move) -> str:
    facts = [f"{word}: {plain(text)}" for word, text in move.facts.items()]
    facts += [f"way back: {plain(move.way_back)}"]
    facts += [f"touches {', '.join(map(code, move.touches))}"] if move.touches else []
    told = f"\n\n{prose.paragraphs(move.prose)}" if move.prose else ""
    head = f"{prose.anchor(f'migration-{move.slug}')}\n\n**[{plain(move.id)}]({move.path})**: {plain(move.title)}"
    return f"{head}{told}\n\n{prose.listed(facts)}"


def _rules(document: Document) -> Iterator[str]:
    if not document.rules:
        yield "There are no constraints."
        return
    yield RULES
    for sheet in document.sheets:
        found = [rule for rule in document.rules if rule.table == sheet.name]
        rows = [
            (
                sentence(rule.words),
                code(rule.name) if rule.name else "no",
                "yes" if rule.models == "only they" else rule.models,
            )
            for rule in found
        ]
        if rows:
            yield f"{link(sheet)}:"
            yield markdown.table(("what must hold", "database", "models"), rows)


def _queries(document: Document) -> Iterator[str]:
    if not document.questions:
        yield "There are no documented queries."
    for question in document.questions:
        yield from _query(question)


def _query(question: Question) -> Iterator[str]:
    yield f"{prose.anchor(f'query-{question.name}')}\n\n### {plain(question.name)}"
    facts = [f"{word}: {plain(text)}" for word, text in (*question.facts.items(), *question.parameters.items())]
    facts += [f"index: {', '.join(map(code, question.indexes))}"] if question.indexes else []
    facts += [f"source: [{plain(question.path)}]({question.path})"]
    yield plain(question.title)
    yield prose.listed(facts)
    yield prose.fenced("sql", question.text)
    if question.plan:
        yield markdown.folded("Plan", "", question.plan)


def _upkeep(document: Document) -> Iterator[str]:
    for advice in document.upkeep:
        yield f"### {plain(advice.title)}"
        yield sentence(advice.words)
        yield prose.fenced("sql", advice.statements) if advice.statements else ""
        yield prose.fenced("sh", advice.commands) if advice.commands else ""


STRATEGY = (
    "The history of hand-written SQL files is the source of truth; this page, the models and every database follow from"
    " it. A change that a running application would feel goes in steps: expand (add what is new), migrate (fill it),"
    " contract (drop what nobody uses any more)."
)
RULES = (
    "Types, NOT NULL, lengths, enums and domains are demanded by both, for every column: the models refuse a value"
    " before the database sees it. Below is what goes beyond that. The database enforces what it names, whoever writes;"
    " the last column says whether the models refuse it beforehand. Rules about other rows (keys, uniqueness,"
    " exclusion) only the database can know."
)
CHAPTERS: dict[str, Callable[[Document], Iterator[str]]] = {
    "Overview": _overview,
    "Tables": _tables,
    "Entity relationship diagram": _diagrams,
    "SQLModel classes": _models,
    "Index strategy": _indexes,
    "Sample data": _samples,
    "Migration strategy": _history,
    "Data integrity rules": _rules,
    "Query examples": _queries,
    "Maintenance": _upkeep,
}
