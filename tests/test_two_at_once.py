"""The script where one thing comes or goes, and another one that speaks of it differs, too: in the order that works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import catalog, database, drift, scratch
from tools.catalog import Catalog

PAIRS = (Path(__file__).parent / "data" / "pairs.sql").read_text(encoding="utf-8")
HEADING = re.compile(
    r"(?m)^-- (?P<title>.+?)(?: \[since (?P<since>\d+)\])?\n(?P<one>[^-].*?)^----\n(?P<other>.*?)(?:^$|\Z)", re.S
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two schemas, and the version of PostgreSQL that knows what is in them."""

    title: str
    one: str
    other: str
    since: int


FOUND = tuple(
    Pair(title=match["title"], one=match["one"], other=match["other"], since=int(match["since"] or 15))
    for match in HEADING.finditer(PAIRS)
)


@pytest.fixture(scope="module")
def connection(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    url = cluster.create()
    with database.connect(url) as connection:
        connection.execute("set client_min_messages = error")
        yield connection
    cluster.drop(url)


def made(connection: database.Connection, text: str) -> Catalog:
    connection.execute(text.encode())
    return catalog.read(connection)


@pytest.mark.parametrize("back", [False, True], ids=["there", "and back"])
@pytest.mark.parametrize("pair", FOUND, ids=lambda pair: pair.title)
def test_the_order_works(pair: Pair, *, back: bool, connection: database.Connection) -> None:
    """With --destructive nothing differs any more; without, what is left stands in the script as a comment."""
    if connection.info.server_version < pair.since * 10_000:
        pytest.skip(f"needs PostgreSQL {pair.since}")
    wanted, there = (pair.one, pair.other) if back else (pair.other, pair.one)
    with connection.transaction(force_rollback=True):
        expected = made(connection, wanted)
    with connection.transaction(force_rollback=True):
        found = drift.find(expected, made(connection, there))
        gentle = drift.mend(found, head="test", destructive=False)
        with connection.transaction(force_rollback=True):
            assert [one for one in left(connection, expected, gentle) if not is_waiting(one, gentle)] == [], gentle
        assert left(connection, expected, drift.mend(found, head="test", destructive=True)) == []


def left(connection: database.Connection, expected: Catalog, script: str) -> list[drift.Difference]:
    """Run the script, and return what differs still, but for the order of columns, which no statement mends."""
    connection.execute(script.encode())
    return [one for one in drift.diff(expected, catalog.read(connection)) if one.facts.keys() != {"columns"}]


def is_waiting(difference: drift.Difference, script: str) -> bool:
    first = (difference.hint or "no statement").splitlines()[0].rstrip(";")
    return f"\n-- {first}" in script


def test_each_pair_is_read() -> None:
    assert len(FOUND) == PAIRS.count("\n----\n") > 90


def test_columns_come_in_their_order(connection: database.Connection) -> None:
    with connection.transaction(force_rollback=True):
        expected = made(
            connection, "create table t (id int, z int, a int default 1, m int generated always as (a) stored)"
        )
    with connection.transaction(force_rollback=True):
        found = drift.find(expected, made(connection, "create table t (id int)"))
        connection.execute(drift.mend(found, head="test", destructive=False).encode())
        assert drift.diff(expected, catalog.read(connection)) == ()
