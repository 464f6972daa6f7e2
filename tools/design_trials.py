"""The design rule that is tried and not read: a row changes on scratch, and its updated_at must move."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from tools import sampling
from tools.blueprint import Blueprint, Breach, Sheet, of
from tools.database import Connection
from tools.findings import Rule

COLUMN = "updated_at"
ROWS = 3  # of a table: one to change, and others to take another value from
STALE = Rule(
    id="updated-at-not-kept",
    class_="design",
    risk="medium",
    reason="an updated_at that each writer has to think of is wrong as soon as one of them forgets",
    instead="create trigger … before update on t for each row execute function set_updated_at()",
)


def find(connection: Connection, design: Blueprint) -> Iterator[tuple[Rule, Breach]]:
    """Change a row of each table that has the column, on a scratch database; all is taken back.

    A table that takes no row, or no change, is not judged, nor is one whose updated_at is no time.
    """
    sheets = [sheet for sheet in design.sheets if COLUMN in sheet.labels]
    if not sheets:
        return
    with connection.transaction(force_rollback=True):
        sampling.fill(connection, design.catalog, rows=ROWS, only=_with_parents(design, sheets))
        stale = [sheet for sheet in sheets if _is_stale(connection, sheet)]
    for sheet in stale:
        yield STALE, of(sheet.table, "an update of a row leaves its updated_at as it was: no trigger keeps it")


def _with_parents(design: Blueprint, sheets: list[Sheet]) -> frozenset[str]:
    """Return the tables whose rows are needed."""
    references: dict[str, set[str]] = {}
    for one in design.catalog.constraints:
        if one.references:
            references.setdefault(one.container, set()).add(one.references)
    wanted: set[str] = set()
    ahead = {sheet.table.name for sheet in sheets}
    while ahead:
        wanted |= ahead
        ahead = {parent for name in ahead for parent in references.get(name, ())} - wanted
    return frozenset(wanted)


def _is_stale(connection: Connection, sheet: Sheet) -> bool:
    """Tell whether some change of a row was taken, and none moved its updated_at."""
    taken = False
    for label in (COLUMN, *sheet.labels):
        try:
            with connection.transaction(force_rollback=True):
                moved = _moves(connection, sheet.table.name, label)
        except psycopg.Error:
            continue
        if moved:
            return False
        taken = taken or moved is not None
    return taken


def _moves(connection: Connection, table: str, label: str) -> bool | None:
    """Tell whether updated_at moves when a column takes another row's value, or its own; None where no row changed."""
    connection.execute(b"set local session_replication_role = replica")
    connection.execute(f"update {table} set {COLUMN} = '2000-01-01'".encode())
    connection.execute(b"set local session_replication_role = origin")
    value = f"(select other.{label} from {table} as other where other.{label} is distinct from this.{label} limit 1)"
    if label == COLUMN:
        value = f"this.{COLUMN}"
    statement = f"""
        update {table} as this
        set {label} = {value}
        where this.ctid = (select one.ctid from {table} as one limit 1)
        returning this.{COLUMN} > '2000-01-01'
    """
    row = connection.execute(statement.encode()).fetchone()
    return None if row is None else bool(row[0])
