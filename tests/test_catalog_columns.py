"""Every column of PostgreSQL's catalogs is read by a query, or left out with a reason: a new major version shows."""

from __future__ import annotations

import re

import pytest
from catalog_columns import CATALOGS, COLUMNS, NOT_EVERYWHERE

from tools import catalog, database, scratch

# Not objects of their own: the labels of an enum
PARTS = {"pg_enum"}


def words(*stems: str) -> set[str]:
    """Return the words of these queries, without the comments."""
    text = "".join((catalog.QUERIES / f"{stem}.sql").read_text() for stem in stems)
    return set(re.findall(r"\w+", re.sub(r"--.*", "", text)))


READ = words(*(path.stem for path in catalog.QUERIES.glob("*.sql") if path.stem not in ("census", "session")))


@pytest.fixture(scope="module")
def there(cluster: scratch.Cluster) -> dict[str, set[str]]:
    """The catalogs of this server with their columns."""
    with database.connect(cluster.url("postgres"), application="tests") as connection:
        rows = connection.execute(
            """
            select c.relname, array_agg(a.attname::text)
            from pg_class as c
            join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' and c.oid < 16384
            group by c.relname
            """
        ).fetchall()
    return {name: set(columns) for name, columns in rows}


def test_every_column_is_read_or_left_out_with_a_reason(there: dict[str, set[str]]) -> None:
    assert len(there) > 60
    silent = {
        f"{name}.{column}"
        for name, columns in there.items()
        if name not in CATALOGS
        for column in columns - READ - COLUMNS.get(name, {}).keys() - {"oid"}
    }
    assert silent == set()


def test_nothing_is_left_out_that_is_read_or_not_there(there: dict[str, set[str]]) -> None:
    for name, columns in COLUMNS.items():
        gone = {column for column in columns.keys() - there[name] if f"{name}.{column}" not in NOT_EVERYWHERE}
        assert (name, gone, columns.keys() & READ) == (name, set(), set())
    assert CATALOGS.keys() - there.keys() == set()
    assert all([*CATALOGS.values(), *(reason for columns in COLUMNS.values() for reason in columns.values())])


def test_the_census_knows_every_catalog_that_has_objects(there: dict[str, set[str]]) -> None:
    having = {name for name, columns in there.items() if "oid" in columns}
    assert having - CATALOGS.keys() - words("census") == PARTS


def test_a_new_column_would_show(there: dict[str, set[str]]) -> None:
    with pytest.raises(AssertionError, match=r"pg_class\.relcolor"):
        test_every_column_is_read_or_left_out_with_a_reason({**there, "pg_class": there["pg_class"] | {"relcolor"}})
