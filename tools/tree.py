"""Parse trees: all their nodes, the relations that they name, the actions of ALTER TABLE; and names taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from psycopg import sql


def walk(node: Any) -> Iterator[Any]:
    """Yield a node and all nodes below it."""
    if isinstance(node, tuple):
        for one in node:
            yield from walk(one)
    elif type(node).__module__ == "pglast.ast":
        yield node
        for slot in type(node).__slots__:
            yield from walk(getattr(node, slot))


def word(node: Any) -> str:
    """Return the name of a node's class, like ``AlterTableStmt``."""
    return type(node).__name__


def member(value: Any) -> str:
    """Return the name of an enum's member without its prefix, like ``AddColumn``.

    >>> member(type("E", (), {"name": "AT_AddColumn"})())
    'AddColumn'
    """
    return str(getattr(value, "name", value)).partition("_")[2]


def relations(node: Any) -> Iterator[tuple[str | None, str]]:
    """Yield schema, or None where none is written, and name of each relation that a statement names."""
    for one in walk(node):
        if word(one) == "RangeVar":
            yield one.schemaname, one.relname
        elif word(one) == "DropStmt":
            for parts in one.objects or ():
                names = [part.sval for part in parts if word(part) == "String"] if isinstance(parts, tuple) else []
                if names:
                    yield (names[-2] if len(names) > 1 else None), names[-1]


def commands(node: Any) -> Iterator[Any]:
    """Yield the actions of an ALTER TABLE, and of nothing else."""
    if word(node) == "AlterTableStmt":
        yield from node.cmds or ()


def constraints(node: Any) -> Iterator[Any]:
    """Yield the constraints that an ALTER TABLE adds, alone or with a column."""
    for command in commands(node):
        if word(command.def_) == "Constraint":
            yield command.def_
        elif word(command.def_) == "ColumnDef" and member(command.subtype) == "AddColumn":
            yield from command.def_.constraints or ()


def old_name(node: Any) -> str:
    """Return the name that RENAME or SET SCHEMA is about: of a part, of a relation, of something else that has one."""
    if getattr(node, "subname", None) or node.relation:
        return str(getattr(node, "subname", None) or node.relation.relname)
    names = getattr(node.object, "objname", node.object)  # a function's has its arguments beside it
    return str((names[-1] if isinstance(names, tuple) else names).sval)


def identifier(name: str) -> sql.Identifier:
    """Return a name as the catalog prints it, quoted where it must be, for a statement.

    >>> identifier('public."Odd one"')
    Identifier('public', 'Odd one')
    """
    parts = re.findall(r'"(?:[^"]|"")*"|[^.]+', name)
    return sql.Identifier(*(part[1:-1].replace('""', '"') if part[0] == '"' else part for part in parts))


def bare(name: str) -> str:
    """Return the last part of a name as the catalog prints it, without quotes or arguments."""
    return name.partition("(")[0].rpartition(".")[2].strip('"')
