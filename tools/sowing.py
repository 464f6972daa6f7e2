"""Rows for the plans of queries: as many as it takes, skewed, within every constraint, the same each time.

The server makes them, a few statements a table, in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

from psycopg import errors, sql

from tools import catalog, database, forms, seeding, sower
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.scratch import Filling
from tools.seeding import HINTS, Hints, Part
from tools.sower import Filled, Say, Sower

QUERIES = catalog.QUERIES / "seeding"
SETTINGS = b"""
set local search_path = '';
set local datestyle = 'ISO, YMD';
set local timezone = 'UTC';
set local jit = off;
set local work_mem = '256MB';
set local maintenance_work_mem = '256MB';
set local gin_pending_list_limit = '1GB';
set local enable_nestloop = off;
set local enable_mergejoin = off;
set local synchronous_commit = on  -- see _vacuum
"""
ALL = 1000  # the target of statistics: a sample of 300,000 rows, so that no plan depends on chance
ENABLE: Mapping[str, LiteralString] = {
    "origin": "alter table {} enable trigger {}",
    "always": "alter table {} enable always trigger {}",
    "replica": "alter table {} enable replica trigger {}",
}


def fill(
    connection: Connection, hints: Hints, *, scale: float = 1.0, say: Say = lambda _: None, vacuum: bool = True
) -> tuple[Filled, ...]:
    """Fill every empty table, all of them in one transaction, then vacuum and analyze them.

    The triggers that people wrote are silent meanwhile, and forced policies are lifted; both are put back.
    """
    found = catalog.read(connection)
    for name in seeding.unknown(found, hints):
        say(f"note: {HINTS} speaks of {name}, and there is none")
    with connection.transaction():
        connection.execute(SETTINGS)
        accepts: dict[str, str] = dict(connection.execute((QUERIES / "partitions.sql").read_bytes()).fetchall())
        types = forms.types(connection.execute((QUERIES / "types.sql").read_bytes()))
        parts = seeding.parts(found, hints, scale, accepts)
        filler = Sower(connection=connection, types=types, hints=hints, say=say)
        with _quiet(connection, found, parts):
            done = tuple(filler.fill(part) for part in parts)
    if vacuum:
        _vacuum(connection, parts)
    return done


def _vacuum(connection: Connection, parts: tuple[Part, ...]) -> None:
    """Write the map of what all may see, which index-only scans want, and the statistics."""
    # a row is not known as visible to all before its commit is on disk, or that of a neighbour (SetHintBits() in
    # src/backend/access/heap/heapam_visibility.c)
    connection.execute("set synchronous_commit = on")
    connection.execute(sql.SQL("set default_statistics_target = {}").format(ALL))
    for part in parts:
        connection.execute(sql.SQL("vacuum (analyze) {}").format(sower.spelled(part.table.name)))
    connection.execute("reset default_statistics_target")
    connection.execute("reset synchronous_commit")


def filling(project: Project, scale: float, say: Say = lambda _: None, *, kept: bool = True) -> Filling:
    """Return what fills a replayed database: known by the hints, the scale and our own code; `kept` is what it says."""
    hints = seeding.read_hints(project)
    digest = hashlib.sha256(f"{hints}{scale}".encode())
    code = [Path(path) for path in (forms.__file__, seeding.__file__, sower.__file__, __file__)]
    for path in (*code, *sorted(QUERIES.glob("*.sql"))):
        digest.update(path.read_bytes())

    def fill_whole(url: str) -> None:
        say(f"filling the tables{', once: the next time it is there' if kept else ''}")
        with database.connect(url, application="tools seed") as connection:
            fill(connection, hints, scale=scale, say=say)

    return Filling(key=digest.hexdigest(), fill=fill_whole)


def tables(connection: Connection) -> tuple[str, ...]:
    """Return the tables that `fill` fills."""
    return tuple(one.name for one in catalog.read(connection).tables if one.partition_of is None)


def holding(connection: Connection, tables: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of the tables have rows."""
    try:
        return tuple(name for name in tables if sower.holds(connection, name))
    except errors.UndefinedTable as error:
        raise Trouble(f"{error.diag.message_primary}: make the tables first: tools apply") from error


@contextmanager
def _quiet(connection: Connection, found: Catalog, parts: tuple[Part, ...]) -> Iterator[None]:
    """Silence the triggers of people, and let the owner of a table write whatever its policies say."""
    names = {part.table.name for part in parts}
    silenced = [
        one for one in found.triggers if one.container in names and one.enabled in ENABLE and not one.partitions
    ]
    forced = [part.table for part in parts if part.table.force_row_security]
    for trigger in silenced:
        words = sower.spelled(trigger.container), sower.spelled(trigger.label)
        connection.execute(sql.SQL("alter table {} disable trigger {}").format(*words))
    for table in forced:
        connection.execute(sql.SQL("alter table {} no force row level security").format(sower.spelled(table.name)))
    yield
    connection.execute("set constraints all immediate")
    for trigger in silenced:
        words = sower.spelled(trigger.container), sower.spelled(trigger.label)
        connection.execute(sql.SQL(ENABLE[trigger.enabled]).format(*words))
    for table in forced:
        connection.execute(sql.SQL("alter table {} force row level security").format(sower.spelled(table.name)))
