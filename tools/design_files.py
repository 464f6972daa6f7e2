"""The design rules that only the text of the migrations can answer: what was written, and what was left to chance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tools import drift, names, origins, outline, subset
from tools.blueprint import Blueprint, Breach, of
from tools.catalog import Catalog
from tools.config import Project
from tools.findings import Rule
from tools.history import Step
from tools.migrations import Script
from tools.statements import Statement, locate, trees

COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
NO_ACTION = re.compile(r"\bon\s+delete\s+no\s+action\b", re.IGNORECASE)
WORD = re.compile(r'"(?:[^"]|"")+"|\w+')
WRITES = {
    "InsertStmt": "inserts into",
    "UpdateStmt": "updates",
    "DeleteStmt": "deletes from",
    "MergeStmt": "merges into",
    "CopyStmt": "copies into",
    "TruncateStmt": "empties",
}

IRREVERSIBLE = Rule(
    id="irreversible",
    class_="design",
    risk="medium",
    reason="a migration without a way back cannot be taken back in an emergency",
    instead="write the .rollback.sql; one that raises ST004 says on purpose that there is no way back",
)
UNNAMED = Rule(
    id="unnamed-constraint",
    class_="design",
    risk="low",
    reason="a name that PostgreSQL made up depends on what was there before, and errors are told apart by it",
    instead="constraint t_pkey primary key (…), constraint t_c_check check (…)",
)
UNSAID = Rule(
    id="on-delete-unsaid",
    class_="design",
    risk="low",
    reason="what becomes of the children is a decision, and a missing one cannot be told from no action",
    instead="on delete cascade, restrict, set null, or no action, in so many words",
)
TOUCHED = Rule(
    id="external-table-touched",
    class_="design",
    risk="high",
    reason="the table belongs to another system, whose own migrations expect it as they left it",
    instead="refer to it, and keep what is yours in a table of your own",
)
RULES = (IRREVERSIBLE, UNNAMED, UNSAID, TOUCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the texts say.

    The names that somebody gave to constraints; the foreign keys with ON DELETE NO ACTION, by name or by table and
    columns; and what is done to the rows of which tables, with the place.
    """

    names: set[str] = field(default_factory=set)
    no_action: set[tuple[str, ...]] = field(default_factory=set)
    writes: list[tuple[str, str, str]] = field(default_factory=list)


def find(
    project: Project, design: Blueprint, steps: tuple[Step, ...], before: Catalog | None
) -> Iterator[tuple[Rule, Breach]]:
    """Yield what the texts of these steps break; `before` has the external tables as no migration has seen them."""
    said = Said()
    for step in steps:
        if step.migration.down is None:
            place = f"{project.relative(step.script.path)}:1"
            breach = Breach(kind="migration", name=step.migration.id, message="it has no rollback file", place=place)
            yield IRREVERSIBLE, breach
        _read(project, step.script, said)
    if steps:
        yield from ((UNNAMED, one) for one in _unnamed(design, said))
        yield from ((UNSAID, one) for one in _unsaid(design, said))
    yield from ((TOUCHED, one) for one in _touched(design, said, before))


def _unnamed(design: Blueprint, said: Said) -> Iterator[Breach]:
    for sheet in design.sheets:
        for one in sheet.constraints:
            if names.split(one.label)[0] not in said.names:
                yield of(one, f"no migration gives it the name {one.label}: PostgreSQL made it up")


def _unsaid(design: Blueprint, said: Said) -> Iterator[Breach]:
    for sheet in design.sheets:
        for one in sheet.foreign_keys:
            ways = {(names.split(one.label)[0],), (sheet.table.name, *one.columns)}
            if one.on_delete == "no action" and ways.isdisjoint(said.no_action):
                yield of(one, f"nothing says what becomes of the row when its row in {one.references} is deleted")


def _touched(design: Blueprint, said: Said, before: Catalog | None) -> Iterator[Breach]:
    """Yield what the history changes of the tables of another system: by the catalog, and rows by the text."""
    for place, done, table in said.writes:
        if f"table {table}" in design.external:
            yield Breach(kind="table", name=table, message=f"a migration {done} it", place=place)
    if before is None:
        return
    ours, theirs = (_only(one, design.external) for one in (design.catalog, before))
    for one in drift.diff(theirs, ours):
        yield Breach(kind=one.kind, name=one.name, message=f"the migrations leave it {one.change}: it is not theirs")


def _only(catalog: Catalog, keys: Iterable[str]) -> Catalog:
    """Return the external tables and what is theirs; rights on them are given by us."""
    kept = subset.belonging(catalog, keys)
    return subset.select(catalog, lambda one: one if one.key in kept and not _is_ours(one.kind) else None)


def _is_ours(kind: str) -> bool:
    return kind in ("privilege", "view", "materialized view", "publication relation")


def _read(project: Project, script: Script, said: Said) -> None:
    known = outline.read(script.text)
    for statement, node in trees(known.sql):
        word = type(node).__name__
        if word in ("CreateStmt", "AlterTableStmt"):
            _constraints(statement, node, known.sql, said)
        elif word == "RenameStmt":
            said.names.add(node.newname)
        elif word == "DoStmt":
            said.names.update(name for one in WORD.findall(statement.text) for name in names.split(one))
        elif word in WRITES:
            line, _ = locate(script.text, known.place(statement.start))
            place = f"{project.relative(script.path)}:{line}"
            said.writes.extend((place, WRITES[word], _qualified(one)) for one in _written(node))


def _written(node: Any) -> tuple[Any, ...]:
    """Return the tables that a statement writes to; a copy may read."""
    if hasattr(node, "relations"):
        return tuple(node.relations)
    return (node.relation,) if getattr(node, "is_from", True) else ()


def _constraints(statement: Statement, node: Any, sql: str, said: Said) -> None:
    """Note the constraints that a statement names, and its foreign keys that say ON DELETE NO ACTION."""
    table = _qualified(node.relation)
    found = list(_nodes(node))
    ends = [one.location for _, one in found]
    last = statement.start + len(statement.text)
    for column, one in found:
        said.names.update(name for name in (one.conname, one.indexname) if name)
        if getattr(one.contype, "name", "") != "CONSTR_FOREIGN":
            continue
        end = min((place for place in ends if place > one.location), default=last)
        if NO_ACTION.search(COMMENT.sub(" ", sql[one.location : end])):
            columns = tuple(origins.quoted(key.sval) for key in one.fk_attrs or ()) or (column,)
            said.no_action.add((one.conname,) if one.conname else (table, *columns))


def _nodes(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield the constraints of a statement, each with the column that it stands at."""
    commands = getattr(node, "cmds", None) or ()
    elements = [*(getattr(node, "tableElts", None) or ()), *(command.def_ for command in commands)]
    for element in elements:
        if type(element).__name__ == "Constraint":
            yield "", element
        for one in getattr(element, "constraints", None) or ():
            yield origins.quoted(element.colname), one


def _qualified(relation: Any) -> str:
    return f"{origins.quoted(relation.schemaname or 'public')}.{origins.quoted(relation.relname)}"
