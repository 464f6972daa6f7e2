"""Measures the drift check on generated databases: ours, `pg_dump`, and the peers, side by side.

Run as ``python -m bench.drift`` in the repository's root; it prints Markdown tables, and its story on standard error.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench import databases, peers
from bench.apply import machine
from bench.meter import Bench, Cost, durable_server
from bench.peers import HERE, MIGRA, PEERS, PROJECT, Address
from tools import scratch
from tools.binaries import find_binaries

ROOT = HERE.parent
TABLES = 1500
Costs = dict[tuple[str, int], list[Cost]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One that reads a schema, or compares it; `most` tables, above which it takes minutes, and `most_rounds`."""

    name: str
    command: Callable[[Address, Path], tuple[str, ...]]
    most: int = TABLES
    most_rounds: int = 100


def _dump(at: Address, folder: Path) -> tuple[str, ...]:
    program = find_binaries(scratch.configured(None, None).bindir).directory / "pg_dump"
    return (str(program), "--schema-only", "--file", str(folder / "dump.sql"), "--dbname", at.url())


def _read(python: Path, verb: str) -> Callable[[Address, Path], tuple[str, ...]]:
    return lambda at, _: (str(python), str(HERE / "readers.py"), verb, at.url())


def _ours(*words: str) -> Callable[[Address, Path], tuple[str, ...]]:
    def command(at: Address, folder: Path) -> tuple[str, ...]:
        return (
            str(PROJECT / "tools"),
            "-C",
            str(folder),
            *(word.format(url=at.url(), folder=folder) for word in words),
        )

    return command


def _migra(at: Address, _: Path) -> tuple[str, ...]:
    return (str(MIGRA / "bin" / "migra"), at.url(), at.url())


DUMP = Reader(name="`pg_dump --schema-only`", command=_dump)
READERS = (
    DUMP,
    Reader(name="tools: the catalog read", command=_read(PROJECT / "python", "rows")),
    Reader(name="tools: an object made of each row", command=_read(PROJECT / "python", "objects")),
    Reader(name="`tools drift-check`, replay cached", command=_ours("drift-check", "--url", "{url}")),
    Reader(
        name="`tools snapshot`, as JSON",
        command=_ours("snapshot", "--from", "{url}", "--out", "{folder}/schema.json"),
    ),
    Reader(name="SQLAlchemy `MetaData.reflect`", command=_read(PEERS / "bin" / "python", "reflect"), most_rounds=3),
    Reader(name="migra, with itself", command=_migra, most_rounds=2),
    Reader(
        name="alembic `compare_metadata`, with itself",
        command=_read(PEERS / "bin" / "python", "compare"),
        most=375,
        most_rounds=1,
    ),
)


def measure(bench: Bench, folder: Path, tables: int, rounds: int, costs: Costs) -> None:
    """Measure everything at one size; the readers take turns, so that a busy minute hits all of them."""
    at = bench.create()
    _migrate(bench, folder, at, tables)
    for number in range(rounds):
        turn = [one for one in READERS if number < one.most_rounds and tables <= one.most]
        for reader in turn if number % 2 else reversed(turn):
            cost = bench.measure(reader.command(at, folder))
            if cost.code:
                raise SystemExit(f"{reader.name}: exit {cost.code}: {cost.output[-2000:]}")
            costs[reader.name, tables].append(cost)
    bench.drop(at)


def _migrate(bench: Bench, folder: Path, at: Address, tables: int) -> None:
    """Make the database by a history of one migration, and compare it once, which fills the cache."""
    place = folder / "sql" / "migrations"
    place.mkdir(parents=True)
    text = "".join(databases.generate(tables))
    (place / "20260101000000_everything.sql").write_text(text, encoding="utf-8")
    for words in (("apply", "--yes", "--url", "{url}"), ("drift-check", "--url", "{url}")):
        done = bench.measure(_ours(*words)(at, folder))
        if done.code:
            raise SystemExit(f"{words}: exit {done.code}: {done.output[-2000:]}")


def table(costs: Costs, sizes: tuple[int, ...]) -> Iterable[str]:
    """Yield the lines of the table: medians of wall and work in ms, and work as a multiple of the dump's."""
    yield f"| tables | {' | '.join(f'{size:,}' for size in sizes)} |"
    yield f"| --- | {' | '.join('---:' for _ in sizes)} |"
    for reader in READERS:
        yield f"| {reader.name} | {' | '.join(_cell(costs, reader, size) for size in sizes)} |"


def _cell(costs: Costs, reader: Reader, size: int) -> str:
    found = costs.get((reader.name, size))
    if not found:
        return ""
    wall, client, server, work = (_median(found, what) for what in ("wall", "client", "server", "work"))
    ratio = f", {work / _median(costs[DUMP.name, size], 'work'):.2f}" if reader is not DUMP else ""
    return f"{wall:,.0f} / {client:,.0f} + {server:,.0f}{ratio}"


def _median(costs: list[Cost], what: str) -> float:
    return float(statistics.median(getattr(cost, what) for cost in costs))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="375,750,1500", help="how many tables [%(default)s]")
    parser.add_argument("--rounds", type=int, default=7, help="how often each reader reads [%(default)s]")
    given = parser.parse_args()
    sizes = tuple(int(text) for text in given.sizes.split(","))
    versions = {**peers.install(peers.MIGRA_REQUIREMENTS, MIGRA), **peers.install()}
    costs: Costs = defaultdict(list)
    with durable_server() as bench:
        for size in sizes:
            print(f"{size} tables", file=sys.stderr)
            with tempfile.TemporaryDirectory() as folder:
                measure(bench, Path(folder), size, given.rounds, costs)
        print("\n".join(table(costs, sizes)))
        print(f"\n{machine(bench, versions)}")


if __name__ == "__main__":
    main()
