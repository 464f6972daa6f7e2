"""Measures the generator of models beside sqlacodegen, and what twenty of a thousand tables cost to import.

Run as ``python -m bench.models`` in the repository's root; it prints Markdown tables, and its story on standard error.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench import peers
from bench.apply import machine
from bench.meter import Bench, Cost, durable_server
from bench.peers import HERE, PROJECT, Address

REQUIREMENTS = HERE / "requirements-models.txt"
PEER = HERE.parent / "build" / "sqlacodegen"
USED = 20
BASE = "import sqlmodel"
CONFIGURE = "from sqlalchemy.orm import configure_mappers; configure_mappers()"


def schema(tables: int) -> Iterator[str]:
    """Yield SQL, a message a string: tables that are all connected, by two foreign keys each."""
    yield "create type mood as enum ('a', 'b', 'c');"
    for number in range(tables):
        columns = [
            "id bigint generated always as identity primary key",
            "name varchar(100) not null check (btrim(name) <> '')",
            "amount numeric(10, 2) not null default 0",
            "created_at timestamptz not null default now()",
            "note text",
            "tags text[] not null default '{}'",
            "status mood not null default 'a'",
            "day date",
            "done boolean not null default false",
            "score integer check (score between 1 and 10)",
        ]
        if number >= 10:
            columns.append(f"parent_id bigint references thing{number // 10} (id) on delete cascade")
        if number:
            columns.append(f"other_id bigint references thing{number - 1} (id)")
        yield (
            f"create table thing{number} ({', '.join(columns)});"
            f"create index thing{number}_name on thing{number} (name, created_at desc) where done;"
            f"comment on table thing{number} is 'Things of kind {number}.';"
        )


def measure(bench: Bench, folder: Path, tables: int, rounds: int) -> dict[str, list[Cost]]:
    """Generate with both in turns, then import what they wrote, in whole and in part."""
    at = bench.create()
    _make(bench, at, folder, tables)
    commands = _commands(at, folder, tables)
    costs: dict[str, list[Cost]] = defaultdict(list)
    for _ in range(rounds):
        for name, command in commands.items():
            cost = bench.measure(command)
            if cost.code:
                sys.stderr.write(f"{name}: exit {cost.code}: {cost.output[-600:]}\n")
                continue
            costs[name].append(cost)
    bench.drop(at)
    return costs


def _commands(at: Address, folder: Path, tables: int) -> dict[str, tuple[str, ...]]:
    python, theirs, url = str(PROJECT / "python"), str(PEER / "bin" / "sqlacodegen"), at.url()
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    some = ", ".join(f"Thing{number}" for number in range(0, tables, max(1, tables // USED)))
    here = f"import sys; sys.path.insert(0, {str(folder)!r}); "
    return {
        "`tools models`, the proof of the CHECKs kept": (
            str(PROJECT / "tools"),
            "models",
            "--from",
            url,
            "--out",
            str(folder / "ours"),
        ),
        "sqlacodegen, `sqlmodels`": (
            theirs,
            "--generator",
            "sqlmodels",
            "--outfile",
            str(folder / "theirs.py"),
            address,
        ),
        "import: SQLModel alone": (python, "-c", BASE),
        f"import: {USED} of the tables, ours": (python, "-c", f"{here}from ours import {some}; {CONFIGURE}"),
        "import: all tables, ours": (python, "-c", f"{here}import ours; ours.load_all(); {CONFIGURE}"),
        "import: what sqlacodegen wrote": (python, "-c", f"{here}import theirs; {CONFIGURE}"),
    }


def _make(bench: Bench, at: Address, folder: Path, tables: int) -> None:
    file = folder / "schema.sql"
    file.write_text("\n".join(schema(tables)), encoding="utf-8")
    code = f"import psycopg; psycopg.connect({at.url()!r}, autocommit=True).execute(open({str(file)!r}).read())"
    done = bench.measure((str(PROJECT / "python"), "-c", code))
    if done.code:
        raise SystemExit(done.output[-2000:])


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000, help="how many tables [%(default)s]")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured [%(default)s]")
    given = parser.parse_args()
    versions = peers.install(REQUIREMENTS, PEER)
    with durable_server() as bench, tempfile.TemporaryDirectory() as folder:
        costs = measure(bench, Path(folder), given.tables, given.rounds)
        lines = [f"| {given.tables:,} tables | wall | CPU |", "| --- | ---: | ---: |"]
        for name, found in costs.items():
            wall, client = (statistics.median(getattr(one, what) for one in found) for what in ("wall", "client"))
            lines.append(f"| {name} | {wall:,.0f} | {client:,.0f} |")
        print("\n".join([*lines, "", machine(bench, versions)]))


if __name__ == "__main__":
    main()
