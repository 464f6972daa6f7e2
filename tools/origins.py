"""Where the history made an object: the file and line of the statement that last said something of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tools import outline
from tools.config import Project
from tools.history import Step
from tools.kinds import Object
from tools.migrations import Script
from tools.statements import Statement, locate, trees

# The statements of which the object's name is one field; the parse tree's classes and PostgreSQL's words
NAMED = {
    "ViewStmt": ("view", "view"),
    "CreateSeqStmt": ("sequence", "sequence"),
    "CompositeTypeStmt": ("composite type", "typevar"),
}
LISTED = {
    "CreateEnumStmt": ("enum", "typeName"),
    "AlterEnumStmt": ("enum", "typeName"),
    "CreateDomainStmt": ("domain", "domainname"),
    "AlterDomainStmt": ("domain", "typeName"),
    "CreateRangeStmt": ("range type", "typeName"),
    "CreateFunctionStmt": ("function", "funcname"),
    "CreateStatsStmt": ("statistics", "defnames"),
}
ON_A_TABLE = {
    "CreateTrigStmt": ("trigger", "trigname", "relation"),
    "CreatePolicyStmt": ("policy", "policy_name", "table"),
    "AlterPolicyStmt": ("policy", "policy_name", "table"),
    "RuleStmt": ("rule", "rulename", "relation"),
}


@dataclass(frozen=True, kw_only=True)
class Origins:
    """The places, by kind and name; a function's place is known by its name without the arguments.

    `tables` are the places where tables were made, and not those where something was last done to them.
    """

    places: dict[tuple[str, str], str]
    tables: dict[str, str] = field(default_factory=dict)

    def where(self, kind: str, name: str) -> str | None:
        """Return ``file:line`` of an object, else of the table or type that it is part of."""
        if kind in ("comment", "privilege", "security label"):
            kind, _, name = _about(name)
        name = name.partition("(")[0]
        place = self.places.get((kind, name))
        while place is None and "." in name:
            name = name.rpartition(".")[0]
            place = self.named.get(name)
        return place

    def of(self, item: Object) -> str | None:
        """Return ``file:line`` of an object, else of what it is part of, as the catalog knows it."""
        if item.kind == "table" and item.name in self.tables:
            return self.tables[item.name]
        keys = (item.key, *reversed(item.parents))
        return next((place for key in keys if (place := self.known.get(key.partition("(")[0]))), None)

    @cached_property
    def named(self) -> dict[str, str]:
        """The places by the name alone."""
        return {name: place for (_, name), place in self.places.items()}

    @cached_property
    def known(self) -> dict[str, str]:
        """The places by key."""
        return {f"{kind} {name}": place for (kind, name), place in self.places.items()}


def find(project: Project, steps: tuple[Step, ...]) -> Origins:
    """Read the history in its order; a later statement about the same object is nearer to what it is now."""
    places: dict[tuple[str, str], str] = {}
    tables: dict[str, str] = {}
    for step in steps:
        found = read(project, step.script)
        places |= found
        tables = {name: place for (kind, name), place in found.items() if kind == "table"} | tables
    return Origins(places=places, tables=tables)


def read(project: Project, script: Script) -> dict[tuple[str, str], str]:
    """Return where one file speaks of which objects, by kind and name."""
    places: dict[tuple[str, str], str] = {}
    known = outline.read(script.text)
    for statement, node in trees(known.sql):
        for kind, name, start in objects(node, statement):
            line, _ = locate(script.text, known.place(start))
            places[kind, name] = f"{project.relative(script.path)}:{line}"
    return places


def _about(name: str) -> tuple[str, str, str]:
    """Split the name of a comment or a privilege, like ``column public.tasks.title to alice``."""
    match = re.match(r"(?:on )?((?:[a-z]+ )*[a-z]+) (\S+)", name)
    return (match[1], " ", match[2]) if match else ("", "", name)


def objects(node: Any, statement: Statement) -> Iterator[tuple[str, str, int]]:
    """Yield kind, qualified name and place of every object that a statement makes or changes."""
    word = type(node).__name__
    if word == "CreateStmt":
        table = _relation(node.relation)
        yield "table", table, statement.start
        for element in node.tableElts or ():
            yield from _element(table, element, statement.start)
    elif word == "AlterTableStmt" and node.relation is not None:
        for command in node.cmds or ():
            yield from _command(_relation(node.relation), command, statement.start)
    elif word == "IndexStmt":
        yield "index", f"{_schema(node.relation)}.{quoted(node.idxname or _index_name(node))}", statement.start
    elif word in NAMED:
        kind, attribute = NAMED[word]
        yield kind, _relation(getattr(node, attribute)), statement.start
    elif word == "CreateTableAsStmt":
        yield "materialized view", _relation(node.into.rel), statement.start
    elif word in LISTED:
        kind, attribute = LISTED[word]
        yield kind, _listed(getattr(node, attribute)), statement.start
    elif word in ON_A_TABLE:
        kind, attribute, relation = ON_A_TABLE[word]
        table = _relation(getattr(node, relation))
        yield kind, f"{table}.{quoted(getattr(node, attribute))}", statement.start
    elif word == "CreateExtensionStmt":
        yield "extension", quoted(node.extname), statement.start
    elif word == "CreateSchemaStmt" and node.schemaname:
        yield "schema", quoted(node.schemaname), statement.start


def _element(table: str, element: Any, start: int) -> Iterator[tuple[str, str, int]]:
    if type(element).__name__ == "ColumnDef":
        place = element.location if element.location and element.location > 0 else start
        yield "column", f"{table}.{quoted(element.colname)}", place
        for constraint in element.constraints or ():
            yield from _constraint(table, constraint, place)
    elif type(element).__name__ == "Constraint":
        yield from _constraint(table, element, start)


def _constraint(table: str, constraint: Any, start: int) -> Iterator[tuple[str, str, int]]:
    if constraint.conname:
        place = constraint.location if constraint.location and constraint.location > 0 else start
        yield "constraint", f"{table}.{quoted(constraint.conname)}", place


def _command(table: str, command: Any, start: int) -> Iterator[tuple[str, str, int]]:
    """Yield what one action of ALTER TABLE is about: a column, a constraint, a trigger, else the table."""
    action = getattr(command.subtype, "name", "")
    if command.def_ is not None and type(command.def_).__name__ in ("ColumnDef", "Constraint") and "Type" not in action:
        yield from _element(table, command.def_, start)
    elif "Constraint" in action and command.name:
        yield "constraint", f"{table}.{quoted(command.name)}", start
    elif "Trig" in action and command.name:
        yield "trigger", f"{table}.{quoted(command.name)}", start
    elif command.name:
        yield "column", f"{table}.{quoted(command.name)}", start
    else:
        yield "table", table, start


def _index_name(node: Any) -> str:
    """Return the name that PostgreSQL gives an index without one, if it is free: ChooseIndexName() in indexcmds.c."""
    parts = (*node.indexParams, *(node.indexIncludingParams or ()))
    return "_".join([node.relation.relname, *(part.name or _expression_name(part.expr) for part in parts), "idx"])


def _expression_name(node: Any) -> str:
    return str(node.funcname[-1].sval) if type(node).__name__ == "FuncCall" else "expr"


def _relation(node: Any) -> str:
    return f"{_schema(node)}.{quoted(node.relname)}"


def _schema(node: Any) -> str:
    return quoted(node.schemaname) if node.schemaname else "public"


def _listed(parts: Any) -> str:
    names = [quoted(part.sval) for part in parts]
    return ".".join(names if len(names) > 1 else ["public", *names])


def quoted(name: str) -> str:
    """Return the identifier as quote_ident() prints it; words that are reserved aside."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_$]*", name) else '"' + name.replace('"', '""') + '"'
