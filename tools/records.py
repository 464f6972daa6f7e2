"""The pages about everything but tables: migrations, queries, indexes, rules, models, types, maintenance."""

from __future__ import annotations

from collections.abc import Iterator

from tools.document import Document, Move, Question, Shift
from tools.frame import Frame, section
from tools.markup import Content, Markup, sentence, sql, table, tag, text
from tools.phrases import shown

LINE = 120  # letters of a comment that stand beside a name
RISKS = ("low", "medium", "high")
SIGNS = {"made": "+", "dropped": "\N{MINUS SIGN}", "changed": "~"}


def pages(document: Document) -> Iterator[tuple[str, str]]:
    """Yield path and text of each page."""
    top, below = Frame(document=document), Frame(document=document, root="../")
    for path, title, content in (
        ("types.html", "Types and functions", _types(top)),
        ("models.html", "Models", _models(top)),
        ("indexes.html", "Indexes", _indexes(top)),
        ("rules.html", "Rules", _rules(top)),
        ("queries.html", "Queries", _queries(top)),
        ("history.html", "Migrations", _history(top)),
        ("maintenance.html", "Maintenance", _upkeep(top)),
    ):
        yield path, top.page(title, tag("h1", title), content, current=path)
    for number, move in enumerate(document.history):
        yield f"migrations/{move.slug}.html", _move(below, number)
    for question in document.questions:
        yield f"queries/{question.slug}.html", _question(below, question)


def _types(frame: Frame) -> Content:
    if not frame.document.others:
        return tag("p", "There are none.")
    parts: list[Content] = []
    for kind in dict.fromkeys(one.kind for one in frame.document.others):
        for one in (one for one in frame.document.others if one.kind == kind):
            body = [
                tag("p", one.comment) if len(one.comment) > LINE else None,
                sql(f"{one.definition};") if one.definition else None,
                tag("p", "Made at ", frame.place(one.place), ".") if one.place else None,
            ]
            head = tag("summary", tag("code", shown(one.name)), tag("small", kind), " ", one.comment[:LINE])
            parts.append(tag("details", head, body, class_="entry"))
    return parts


def _models(frame: Frame) -> Content:
    rows = [
        (
            frame.table(sheet.name),
            tag("code", sheet.model.name),
            tag("code", f"{sheet.model.module}.py"),
            [[tag("code", name), " "] for name in sheet.model.schemas],
        )
        for sheet in frame.document.sheets
        if sheet.model
    ]
    package = frame.document.package
    where = ["in ", tag("code", package)] if package else ["as ", tag("code", "tools models --from"), " writes them"]
    intro = tag(
        "p", "A SQLModel class for each table and view, ", where, ", with what clients create, update and read."
    )
    return [intro, table(("table", "class", "module", "schemas"), rows, caption="Models") if rows else None]


def _indexes(frame: Frame) -> Content:
    queries = {one.name: one for one in frame.document.questions}
    rows = []
    for sheet in frame.document.sheets:
        for one in sheet.indexes:
            users: list[Content] = [tag("li", served) for served in one.serves]
            users += [tag("li", frame.question(queries[name])) for name in one.queries]
            href = f"{frame.to(sheet)}#indexes"
            rows.append(
                (
                    frame.table(sheet.name),
                    tag("a", tag("code", one.name), href=href),
                    one.reason or sentence(one.words),
                    tag("ul", users, class_="plain") if users else tag("em", "nothing that is known"),
                )
            )
    return table(("table", "index", "why", "needed by"), rows, caption="Indexes") if rows else tag("p", "None.")


def _rules(frame: Frame) -> Content:
    parts: list[Content] = [
        tag(
            "p",
            "Types, NOT NULL, lengths, enums and domains are demanded by the database and by the models, for every"
            " column. Here is what goes beyond that.",
        )
    ]
    for sheet in frame.document.sheets:
        rows = [
            (sentence(rule.words), tag("code", rule.name) if rule.name else "no", rule.models)
            for rule in frame.document.rules
            if rule.table == sheet.name
        ]
        if rows:
            caption = f"Rules of {shown(sheet.name)}"
            listed = table(("rule", "database", "models"), rows, caption=caption)
            parts.append(section(shown(sheet.name), listed, slug=f"rules-{sheet.slug}"))
    return parts


def _queries(frame: Frame) -> Content:
    rows = [
        (frame.question(one), one.title, [[tag("code", name), " "] for name in one.indexes])
        for one in frame.document.questions
    ]
    if not rows:
        return tag("p", "There are no documented queries.")
    return table(("query", "what it answers", "index"), rows, caption="Queries")


def _question(frame: Frame, question: Question) -> str:
    homes = {index.name: sheet for sheet in frame.document.sheets for index in sheet.indexes}
    facts: list[tuple[Content, Content]] = [(word, value) for word, value in question.facts.items()]
    facts += [(tag("code", word), value) for word, value in question.parameters.items()]
    if question.indexes:
        links = [
            [tag("a", tag("code", name), href=f"{frame.to(homes[name])}#indexes") if name in homes else name, " "]
            for name in question.indexes
        ]
        facts.append(("index", links))
    facts += [("reads", [[frame.table(name), " "] for name in question.tables])] if question.tables else []
    facts.append(("source", tag("code", question.path)))
    return frame.page(
        question.name,
        tag("h1", question.name, tag("small", "query")),
        tag("p", question.title, class_="lead"),
        _facts(facts),
        sql(question.text),
        section("Plan", tag("pre", tag("code", question.plan), tabindex="0") if question.plan else None),
        crumbs=tag("a", "Queries", href=f"{frame.root}queries.html"),
    )


def _history(frame: Frame) -> Content:
    rows = [
        (frame.move(one), one.title, _risk(one), one.phase, _counted(one)) for one in reversed(frame.document.history)
    ]
    if not rows:
        return tag("p", "There is no history of migrations.")
    return [
        tag("p", "The newest first. Each page says what the catalog was before and after."),
        table(("migration", "what it does", "risk", "phase", "changes"), rows, caption="Migrations"),
    ]


def _risk(move: Move) -> Content:
    word = move.risk.split(" ")[0].strip(",;:.")
    return tag("span", word, class_=f"badge risk-{word}") if word in RISKS else move.risk


def _counted(move: Move) -> Content:
    found = [(SIGNS[word], sum(one.word == word for one in move.shifts)) for word in SIGNS]
    return " ".join(f"{sign}{count}" for sign, count in found if count)


def _move(frame: Frame, number: int) -> str:
    history = frame.document.history
    move = history[number]
    facts: list[tuple[Content, Content]] = [("risk", _risk(move))] if move.risk else []
    facts += [("phase", move.phase)] if move.phase else []
    facts += [(word, value) for word, value in move.facts.items()]
    facts += [("transaction", "one" if move.transactional else "none: statement by statement")]
    facts += [("way back", move.way_back), ("source", tag("code", move.path))]
    steps: list[Content] = []
    if number:
        steps.append(tag("a", "← ", history[number - 1].id, href=f"{history[number - 1].slug}.html", rel="prev"))
    if number + 1 < len(history):
        steps.append(tag("a", history[number + 1].id, " →", href=f"{history[number + 1].slug}.html", rel="next"))
    return frame.page(
        move.id,
        tag("h1", move.id, tag("small", "migration")),
        tag("p", move.title, class_="lead"),
        tag("p", move.prose) if move.prose else None,
        _facts(facts),
        section("The catalog before and after", _shifts(frame, move), slug="changes"),
        section("Text", sql(move.text, numbered=True)),
        tag("nav", steps, class_="steps", aria_label="Neighbours"),
        crumbs=tag("a", "Migrations", href=f"{frame.root}history.html"),
    )


def _shifts(frame: Frame, move: Move) -> Content:
    if not move.shifts:
        return tag("p", "The same: it changes data, or nothing.")
    return tag("ul", [_shift(frame, one) for one in move.shifts], class_="shifts")


def _shift(frame: Frame, shift: Shift) -> Markup:
    name = frame.table(shift.name) if shift.kind == "table" else tag("code", shown(shift.name))
    rows = [
        tag(
            "li",
            tag("span", fact, class_="fact"),
            tag("del", before) if before else None,
            " → " if before and after else None,
            tag("ins", after) if after else None,
        )
        for fact, before, after in shift.facts
    ]
    head = [tag("span", SIGNS[shift.word], class_="sign", aria_hidden="true"), f" {shift.word} {shift.kind} ", name]
    return tag("li", head, tag("ul", rows) if rows else None, class_=shift.word)


def _facts(facts: list[tuple[Content, Content]]) -> Markup:
    return tag("dl", [[tag("dt", word), tag("dd", value)] for word, value in facts], class_="about")


def _upkeep(frame: Frame) -> Content:
    return text(
        [
            section(
                one.title,
                tag("p", sentence(one.words)),
                sql(one.statements) if one.statements else None,
                tag("pre", tag("code", one.commands), tabindex="0") if one.commands else None,
                slug=f"advice-{number}",
            )
            for number, one in enumerate(frame.document.upkeep, start=1)
        ]
    )
