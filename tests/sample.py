"""The sample data of sql/seed as a world for tests: who is who, and how to load it."""

from __future__ import annotations

from pathlib import Path

from tools.database import Connection

SQL = Path(__file__).resolve().parent.parent / "sql"

ALICE = "a0000000-0000-4000-8000-000000000001"  # owns Garden and Taxes
BOB = "a0000000-0000-4000-8000-000000000002"  # edits Garden, owns Taxes together with Alice
CAROL = "a0000000-0000-4000-8000-000000000003"  # views Garden
DAVE = "a0000000-0000-4000-8000-000000000004"  # shares nothing with anybody
GARDEN = "b0000000-0000-4000-8000-000000000001"
TAXES = "b0000000-0000-4000-8000-000000000002"
TOMATOES = "c0000000-0000-4000-8000-000000000001"  # Alice's, in Garden, in progress, at position 1
COMPOST = "c0000000-0000-4000-8000-000000000002"  # Bob's, in Garden, to do, at position 2
TAX_RETURN = "c0000000-0000-4000-8000-000000000010"  # Alice's, in Taxes

BETTER_AUTH = ("users", "sessions", "accounts", "verifications")
LEDGER = ("_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock")
EXTERNAL = BETTER_AUTH + LEDGER


def load(conn: Connection) -> None:
    """Run the files of sql/seed in the order of their names."""
    for path in sorted((SQL / "seed").glob("*.sql")):
        conn.execute(path.read_bytes())


def tables(conn: Connection) -> list[str]:
    """Return the names of our tables, partitions left out."""
    rows = conn.execute(
        """
        select relname
        from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
          and relname <> all (%s)
        order by relname
        """,
        [list(EXTERNAL)],
    )
    return [name for (name,) in rows]
