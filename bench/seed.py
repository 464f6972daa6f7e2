"""Measures large sample data: rows a second, beside plain COPY of the same rows into the same tables.

Run as ``python -m bench.seed`` in the repository's root; it prints a Markdown table.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from psycopg import sql

from bench.apply import machine
from bench.meter import durable_server
from bench.peers import HERE
from tools import config, database, migrations, scratch, seeding, sowing
from tools.database import Connection

Rows = dict[str, list[bytes]]
SILENT = "alter table {} disable trigger user"


def measure(url: Callable[[], str], scale: float) -> list[tuple[str, int, float]]:
    """Fill one database, and copy what it has into a second one, without statistics and vacuum in both."""
    project = config.load(HERE.parent)
    hints = seeding.read_hints(project)
    with database.connect(url()) as source, database.connect(url()) as target:
        started = time.perf_counter()
        done = sowing.fill(source, hints, scale=scale, vacuum=False)
        filled = time.perf_counter() - started
        names = [one.table for one in done]
        rows = {name: _unload(source, name) for name in names}
        started = time.perf_counter()
        _load(target, names, rows)
        copied = time.perf_counter() - started
    total = sum(one.rows for one in done)
    return [("`tools seed`", total, filled), ("COPY of the same rows", total, copied)]


def _unload(connection: Connection, name: str) -> list[bytes]:
    columns = connection.execute(
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        [name],
    ).fetchone()
    listed = sql.SQL(str(columns[0] if columns else ""))
    question = sql.SQL("copy (select {} from {}) to stdout (format binary)").format(listed, sql.SQL(name))
    with connection.cursor() as cursor, cursor.copy(question) as copy:
        return [str(columns[0] if columns else "").encode(), *(bytes(block) for block in copy)]


def _load(connection: Connection, names: list[str], rows: Rows) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for name in names:
            connection.execute(sql.SQL(SILENT).format(sql.SQL(name)))
            listed, *blocks = rows[name]
            statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
                sql.SQL(name), sql.SQL(listed.decode())
            )
            with cursor.copy(statement) as copy:
                for block in blocks:
                    copy.write(block)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="how many times the rows of scale 1 [%(default)s]")
    given = parser.parse_args()
    project = config.load(HERE.parent)
    with durable_server() as bench:

        def made() -> str:
            url = bench.create().url()
            scratch.fill(url, project, scratch.steps_of(migrations.read(project)))
            return url

        lines = measure(made, given.scale)
        where = machine(bench, {})
    print("| | rows | seconds | rows a second |\n| --- | ---: | ---: | ---: |")
    for name, rows, seconds in lines:
        print(f"| {name} | {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} |")
    print(f"\n{where}")


if __name__ == "__main__":
    main()
