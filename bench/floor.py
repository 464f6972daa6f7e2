"""The floors: the least that a program of Python and psycopg can do for the same guarantees.

Run as ``python bench/floor.py apply|apply4|rollback|read URL FOLDER``; it imports nothing of the project.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click
import psycopg
from psycopg import sql

TABLE = "create table if not exists ledger (id text primary key, hash text not null, at timestamptz default now())"


def one_message(connection: psycopg.Connection, folder: Path) -> None:
    """Apply: one transaction, one ledger row and one message a file."""
    connection.execute(TABLE)
    done = {id_ for (id_,) in connection.execute("select id from ledger")}
    for path in sorted(folder.glob("*.sql")):
        if path.stem not in done and not path.stem.endswith(".rollback"):
            raw = path.read_bytes()
            row = sql.SQL("insert into ledger values ({}, {});\n").format(path.stem, _hash(raw))
            connection.execute(b"begin;\n" + row.as_bytes(connection) + raw + b"\n;commit")


def four_messages(connection: psycopg.Connection, folder: Path) -> None:
    """Apply as most programs would: begin, the file, the ledger row, commit."""
    connection.execute(TABLE)
    done = {id_ for (id_,) in connection.execute("select id from ledger")}
    for path in sorted(folder.glob("*.sql")):
        if path.stem not in done and not path.stem.endswith(".rollback"):
            raw = path.read_bytes()
            with connection.transaction():
                connection.execute(raw)
                connection.execute("insert into ledger values (%s, %s)", [path.stem, _hash(raw)])


def roll_back(connection: psycopg.Connection, folder: Path) -> None:
    """Roll everything back: one transaction and one message a file."""
    for (id_,) in connection.execute("select id from ledger order by id desc").fetchall():
        row = sql.SQL("delete from ledger where id = {};\n").format(id_).as_bytes(connection)
        connection.execute(b"begin;\n" + row + (folder / f"{id_}.rollback.sql").read_bytes() + b"\n;commit")


def read(connection: psycopg.Connection, _: Path) -> None:
    """Read the project's ledger, and nothing else."""
    rows = connection.execute("select migration_id, applied_at_utc from public._yoyo_migration").fetchall()
    click.echo(len(rows))


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


VERBS = {"apply": one_message, "apply4": four_messages, "rollback": roll_back, "read": read}

if __name__ == "__main__":
    verb, url, folder = sys.argv[1:]
    with psycopg.connect(url, autocommit=True) as opened:
        VERBS[verb](opened, Path(folder))
