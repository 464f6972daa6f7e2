"""The differ against schemas that nobody thought of: built in another order they are the same, one change is found."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, reject, settings
from psycopg import errors
from random_items import Change, Item
from random_schemas import schemas

from tools import catalog, database, drift, scratch
from tools.catalog import Catalog

FEW = 30  # always the same; more are drawn by chance
EXAMPLES = int(os.environ.get("TOOLS_TEST_EXAMPLES", FEW))


@pytest.fixture(scope="module")
def ground(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    """An empty database; every example rolls back what it does."""
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        yield connection
    cluster.drop(url)


def grown(ground: database.Connection, items: Iterable[Item], change: Change | None = None) -> Iterator[Catalog]:
    """Yield the catalog of the items, and once more after the change."""
    with ground.transaction(force_rollback=True):
        for item in items:
            ground.execute(item.sql.encode())
        yield catalog.read(ground)
        if change is not None:
            try:
                ground.execute(change.sql.encode())
            except (errors.DependentObjectsStillExist, errors.InvalidTableDefinition):
                reject()  # something else that was drawn stands against it
            yield catalog.read(ground)


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == FEW,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(schemas())
def test_one_random_change_is_found_and_nothing_else(
    ground: database.Connection, drawn: tuple[tuple[Item, ...], tuple[Item, ...], Change]
) -> None:
    items, shuffled, change = drawn
    (expected,) = grown(ground, items)
    same, changed = grown(ground, shuffled, change)
    assert drift.diff(expected, same) == ()
    assert catalog.fingerprint(same) == catalog.fingerprint(expected)
    assert same.unread == ()
    for there, back in ((expected, changed), (changed, expected)):
        found = [f"{one.change} {one.kind} {one.name}" for one in drift.diff(there, back)]
        assert found == [change.head if there is expected else turned(change.head)]


def turned(head: str) -> str:
    """Return what the change is called when it is looked at from the other side."""
    word, _, rest = head.partition(" ")
    return f"{ {'missing': 'unexpected', 'unexpected': 'missing'}.get(word, word) } {rest}"


@settings(
    max_examples=max(EXAMPLES // 3, 10),
    derandomize=EXAMPLES == FEW,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(schemas(), schemas())
def test_one_random_schema_becomes_another(
    ground: database.Connection,
    one: tuple[tuple[Item, ...], tuple[Item, ...], Change],
    other: tuple[tuple[Item, ...], tuple[Item, ...], Change],
) -> None:
    """The script runs, whether or not it may lose data; where it may, what stays is what it says it cannot do.

    What looks like a new name, and is none, takes a second look.
    """
    (here,), (there,) = grown(ground, one[0]), grown(ground, other[0])
    for expected, items in ((here, other[0]), (there, one[0])):
        for destructive in (False, True):
            with ground.transaction(force_rollback=True):
                for item in items:
                    ground.execute(item.sql.encode())
                for _ in range(2):
                    found = drift.find(expected, catalog.read(ground))
                    script = drift.mend(found, head="test", destructive=destructive)
                    ground.execute(script.encode())
                left = drift.diff(expected, catalog.read(ground))
        unsaid = [one for one in left if one.facts.keys() != {"columns"} and f" {one.kind} {one.name}: " not in script]
        assert unsaid == []
