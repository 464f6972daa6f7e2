"""How many rows each table has where the migrations will run: asked of the database, or committed with the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools import database
from tools.database import Connection
from tools.effects import QUERIES
from tools.errors import Trouble

SMALL = 10_000  # rows that are read, or written again, before anybody who waits notices
FILE = "estimates.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Rows by table, None where the server has not counted; `whole`: a table that is not in it is new, and so empty.

    `major` is the version of the server that was asked.
    """

    rows: Mapping[str, int | None] = field(default_factory=dict)
    whole: bool = False
    major: int | None = None

    def of(self, table: str) -> int | None:
        """Return the rows of a table; None where nobody knows."""
        return self.rows.get(table, 0 if self.whole else None)

    def is_large(self, table: str) -> bool:
        """Tell whether work that grows with the table is noticed; what nobody knows is large."""
        rows = self.of(table)
        return rows is None or rows > SMALL

    def said(self, table: str) -> str:
        """Return the table with its size."""
        rows = self.of(table)
        return (
            f"{table} (of unknown size)" if rows is None else f"{table} (about {rows:,} row{'' if rows == 1 else 's'})"
        )


def ask(connection: Connection) -> Sizes:
    """Return what the database says; reads only."""
    found = database.ask(connection, (QUERIES / "sizes.sql").read_text(encoding="utf-8"))
    return Sizes(
        rows={str(name): rows for name, rows in found}, whole=True, major=connection.info.server_version // 10_000
    )


def load(folder: Path) -> Sizes:
    """Return what ``estimates.json`` of the folder says; nothing is known where there is none."""
    path = folder / FILE
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return Sizes(rows={str(name): None if count is None else int(count) for name, count in rows.items()})
    except FileNotFoundError:
        return Sizes()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Trouble(f"cannot read {FILE} ({error}): write it again with tools snapshot --estimates") from error


def to_json(sizes: Sizes) -> str:
    """Return the file's text, a table on each line."""
    return json.dumps({"rows": dict(sorted(sizes.rows.items()))}, indent=2) + "\n"
