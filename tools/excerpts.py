"""A few rows of each table as the sample data fill it, without what is different each time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from psycopg import sql

from tools import database, names, scratch
from tools.config import Project
from tools.document import Sample

ROWS = 3  # of each table
LENGTH = 60  # of a value; what is longer is cut
VARIES = "…"
Rows = dict[str, tuple[list[str], list[tuple[str, ...]], int]]


def read(cluster: scratch.Cluster, project: Project, tables: Iterable[str]) -> tuple[Sample, ...]:
    """Return the first rows of each table, in the order in which they were stored.

    The data are loaded twice: what differs then, such as a time or a key that the server makes, is left out.
    """
    if not any(project.seed.glob("*.sql")):
        return ()
    wanted = tuple(tables)
    one, two = (_loaded(cluster, project, wanted) for _ in range(2))
    return tuple(_sample(name, one[name], two[name]) for name in wanted if one[name][1])


def _loaded(cluster: scratch.Cluster, project: Project, tables: Sequence[str]) -> Rows:
    url = cluster.create(template=cluster.replayed)
    try:
        with database.connect(url, application="tools docs") as connection:
            scratch.load_folder(connection, project, project.seed)
            connection.execute("reset all")
            connection.execute("set timezone = 'UTC'")
            return {name: _rows(connection, name) for name in tables}
    finally:
        cluster.drop(url)


def _rows(connection: database.Connection, table: str) -> tuple[list[str], list[tuple[str, ...]], int]:
    source = sql.Identifier(*names.split(table))
    found = connection.execute(
        sql.SQL("select * from {} order by tableoid, ctid limit {}").format(source, sql.Literal(ROWS))
    )
    head = [column.name for column in found.description or ()]
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in head)
    rows = connection.execute(
        sql.SQL("select {} from {} order by tableoid, ctid limit {}").format(columns, source, sql.Literal(ROWS))
    ).fetchall()
    total = connection.execute(sql.SQL("select count(*) from {}").format(source)).fetchone()
    return head, [tuple(map(_shown, row)) for row in rows], total[0] if total else 0


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}{VARIES}"


def _sample(
    table: str, one: tuple[list[str], list[tuple[str, ...]], int], two: tuple[list[str], list[tuple[str, ...]], int]
) -> Sample:
    head, rows, total = one
    pairs = itertools.zip_longest(rows, two[1])
    kept = [tuple(_same(mine, yours)) for mine, yours in pairs if mine is not None]
    told = [number for number in range(len(head)) if any(row[number] != VARIES for row in kept)]
    return Sample(
        table=table,
        head=tuple(head[number] for number in told),
        rows=tuple(tuple(row[number] for number in told) for row in kept),
        total=total,
    )


def _same(mine: Sequence[str], yours: Sequence[str] | None) -> Iterator[str]:
    for number, value in enumerate(mine):
        yield value if yours is not None and value == yours[number] else VARIES
