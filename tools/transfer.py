"""Copies a few hundred rows of each table from a live database, which is only read, to a scratch database like it."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import errors, sql

from tools import database, tree
from tools.catalog import Catalog
from tools.database import Connection
from tools.sizes import Sizes

ROWS = 400
FEW = 100_000  # rows of which each is asked whether it is one of them; of more, whole pages are taken
POLITE = "set local statement_timeout = '5s'; set local lock_timeout = '200ms';"


def copy(
    live: Connection, scratch: Connection, catalog: Catalog, tables: Iterable[str], sizes: Sizes, notes: list[str]
) -> dict[str, int]:
    """Copy rows into tables that are empty on scratch, and return how many there are now of those that could be read.

    Keys are not asked: the parents of a row need not be among the copied. A table that cannot be read stays empty;
    where a right is missing for it, a note says so.
    """
    done: dict[str, int] = {}
    for table in tables:
        columns = [c.label for c in catalog.columns if c.container == table and not c.generated]
        if columns:
            try:
                done[table] = _copy(live, scratch, table, columns, sizes.of(table))
            except errors.InsufficientPrivilege as error:  # a policy is one, too: see database.SHELTER
                notes.append(f"the rows of {table} are made up, for none could be copied: {error.diag.message_primary}")
                continue
            except psycopg.Error:  # it is not there yet, or a constraint that is not valid refuses a row
                continue
    return done


def _copy(live: Connection, scratch: Connection, table: str, columns: list[str], rows: int | None) -> int:
    names = sql.SQL(", ").join(tree.identifier(column) for column in columns)
    read = sql.SQL("copy (select {} from {} {} limit {}) to stdout").format(
        names, tree.identifier(table), _sample(rows), ROWS
    )
    write = sql.SQL("copy {} ({}) from stdin").format(tree.identifier(table), names)
    with (
        live.transaction(),
        scratch.transaction(),
        live.cursor() as source,
        scratch.cursor() as target,
    ):
        live.execute("set transaction read only")
        live.execute(database.shelter(live) + POLITE)
        scratch.execute("set local session_replication_role = replica")
        with source.copy(read) as outgoing, target.copy(write) as incoming:
            for block in outgoing:
                incoming.write(block)
        return target.rowcount


def _sample(rows: int | None) -> sql.Composable:
    """Return the clause that takes rows from all over a table, at a cost that does not grow with it."""
    if rows is None or rows <= ROWS:
        return sql.SQL("")
    share = sql.Literal(min(100.0, 200.0 * ROWS / rows))
    method = sql.SQL("bernoulli" if rows <= FEW else "system")
    return sql.SQL("tablesample {} ({})").format(method, share)
