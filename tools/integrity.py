"""What must hold of the data, and who sees to it: the database, the models before it, or the models alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tools import phrases
from tools.catalog import Catalog
from tools.document import Rule, Sheet
from tools.inventory import label
from tools.kinds import Constraint
from tools.package import Model, Package

# What tags in comments make the models see to; the database takes anything
KEPT = {
    "immutable": "{} is given once: Update does not have it.",
    "owner": "{} says whose row it is: the server sets it, and queries for a user filter by it.",
    "private": "{} is shown to no client, and taken from none.",
    "version": "{} is compared by each update: who read an older row is refused.",
    "rule": "{} is taken as the house rule {} says.",
}


def rules(catalog: Catalog, sheets: Iterable[Sheet], package: Package | None) -> tuple[Rule, ...]:
    """Return what must hold, table by table: constraints first, then what only the models see to."""
    known = {one.key: one for one in catalog.constraints}
    models = {one.subject.name: one for one in package.models} if package else {}
    found: list[Rule] = []
    for sheet in sheets:
        model = models.get(sheet.name)
        if sheet.external:
            continue
        for entry in sheet.constraints:
            item = known[f"constraint {sheet.name}.{entry.name}"]
            told = _enforced(item, model) if model else "no"
            found.append(Rule(table=sheet.name, words=entry.words, name=entry.name, models=told))
        found += _kept(sheet, model) if model else ()
    return tuple(found)


def _kept(sheet: Sheet, model: Model) -> Iterator[Rule]:
    for column in model.subject.columns:
        for tag, value in model.subject.about(column).tags.items():
            if tag in KEPT:
                words = KEPT[tag].format(phrases.code(label(column)), value)
                yield Rule(table=sheet.name, words=words, name="", models="yes")


def _enforced(item: Constraint, model: Model) -> str:
    """Say how far Create refuses what a constraint refuses, before the database is asked."""
    if item.type != "check" or not item.expression or not item.enforced:
        return "no"
    create = next((schema for schema in model.schemas if schema.ending == "Create"), None)
    if create is None:
        return "no"
    name = label(item)
    return "yes" if name in (*create.demands, *create.kept) else "in part" if name in create.parts else "no"
