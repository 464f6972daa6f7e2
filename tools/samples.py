"""The small sample data of ``sql/seed``: into which tables it goes, and loaded whole or not at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from psycopg import sql

from tools import outline, scratch
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.failure import NOTHING, Failed
from tools.migrations import read_script
from tools.statements import trees

MISSING = ("42P01", "42703", "42704")  # a table, a column, a type that is not there
BEHIND = "sample data is for a database with all migrations: see tools status"
PLAIN = re.compile("[a-z_][a-z0-9_]*")


def files(project: Project) -> tuple[Path, ...]:
    """Return the files in the order of their names; there must be one."""
    found = tuple(sorted(project.seed.glob("*.sql"))) if project.seed.is_dir() else ()
    if not found:
        raise Trouble(f"no sample data in {project.relative(project.seed)}: write some, or make it with --scale 1")
    return found


def tables(project: Project) -> tuple[str, ...]:
    """Return the tables that the files insert or copy into, as they are written there, in that order."""
    return tuple(map(_written, _names(project)))


def load(connection: Connection, project: Project) -> None:
    """Load the files in one transaction, and let the server count; a failure names file, line and column."""
    connection.execute("begin")  # visible, because a failure rolls back inside of load_folder
    try:
        scratch.load_folder(connection, project, project.seed, state=NOTHING)
    except Failed as failed:
        if failed.sqlstate in MISSING:
            failed.hint = f"{failed.hint or ''} {BEHIND}".strip()
        raise
    if names := [sql.Identifier(*one) for one in _names(project)]:
        connection.execute(sql.SQL("analyze {}").format(sql.SQL(", ").join(names)))
    connection.execute("commit")


def _names(project: Project) -> tuple[tuple[str, ...], ...]:
    names: dict[tuple[str, ...], None] = {}
    for path in files(project):
        for _, node in trees(outline.read(read_script(project, path).text).sql):
            if type(node).__name__ in ("InsertStmt", "CopyStmt") and node.relation is not None:
                names[_parts(node.relation)] = None
    return tuple(names)


def _parts(relation: Any) -> tuple[str, ...]:
    return tuple(name for name in (relation.schemaname, relation.relname) if name)


def _written(names: tuple[str, ...]) -> str:
    return ".".join(name if PLAIN.fullmatch(name) else sql.Identifier(name).as_string() for name in names)
