"""The same SQL on another major version is the same: on this server, and on those that TOOLS_TEST_OTHER_URL names."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import catalog, database, drift, migrations, rarities, scratch
from tools.catalog import Catalog
from tools.changes import Fact
from tools.config import Project
from tools.kinds import Extension, Privilege

DATA = Path(__file__).parent / "data"
URLS = os.environ.get("TOOLS_TEST_OTHER_URL", "").split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one server says of each of the schemas."""

    major: int
    catalogs: dict[str, Catalog]


@pytest.fixture(scope="module")
def servers(project: Project, cluster: scratch.Cluster) -> tuple[Said, ...]:
    """What this server says, and then the others."""
    if not URLS:
        pytest.skip("TOOLS_TEST_OTHER_URL names no server of another major version")
    steps = scratch.steps_of(migrations.read(project))
    found = [_said(cluster)]
    for url in URLS:
        with scratch.cluster(scratch.configured(url, None), project=project, steps=steps) as other:
            found.append(_said(other))
    return tuple(found)


def _said(cluster: scratch.Cluster) -> Said:
    catalogs = dict(_catalogs(cluster))
    return Said(major=catalogs["base"].major, catalogs=catalogs)


def _catalogs(cluster: scratch.Cluster) -> Iterator[tuple[str, Catalog]]:
    for name in ("base", "prints", "history"):
        url = cluster.create(template=cluster.replayed if name == "history" else None)
        with database.connect(url, application="tests") as connection:
            if name != "history":
                connection.execute((DATA / f"{name}.sql").read_bytes())
            yield name, catalog.read(connection)
        cluster.drop(url)


def test_same_sql_is_the_same_on_each_pair_of_servers(servers: tuple[Said, ...]) -> None:
    assert len({said.major for said in servers}) == len(servers)
    for one, other in itertools.permutations(servers, 2):
        for name, found in one.catalogs.items():
            assert drift.diff(found, other.catalogs[name]) == (), (name, one.major, other.major)


def of(major: int, **members: object) -> Catalog:
    return Catalog(server_version=f"{major}.1", **members)  # type: ignore[arg-type] # each one is what its name says


def test_version_of_an_extension_counts_on_one_major_version() -> None:
    old, new = ((Extension(name="pg_trgm", version=version),) for version in ("1.5", "1.6"))
    (found,) = drift.diff(of(18, extensions=old), of(18, extensions=new))
    assert found.facts == {"version": Fact(expected="1.5", actual="1.6")}
    assert drift.diff(of(17, extensions=old), of(18, extensions=new)) == ()


ALL = ("delete", "insert", "references", "select", "trigger", "truncate", "update")


@pytest.mark.parametrize(
    ("older", "newer", "is_same"),
    [
        (("all",), ("all",), True),
        (("all",), ALL, True),
        (("all",), (*ALL, "maintain"), True),
        (("insert", "select"), ("insert", "maintain", "select"), True),
        (("insert", "select"), ("insert", "maintain"), False),
        (("all",), ("maintain", "select"), False),
        (("select with grant option",), ("maintain with grant option", "select with grant option"), True),
    ],
)
def test_right_to_maintain_counts_where_both_servers_know_it(
    older: tuple[str, ...], newer: tuple[str, ...], is_same: bool
) -> None:
    one, other = ((Privilege(name="table t to r", privileges=rights),) for rights in (older, newer))
    assert (drift.diff(of(16, privileges=one), of(17, privileges=other)) == ()) == is_same
    assert (drift.diff(of(18, privileges=one), of(17, privileges=other)) == ()) == (older == newer)


def test_icu_locale_counts_where_both_servers_keep_it_alike() -> None:
    one, other = (
        (rarities.Collation(name="c", provider="icu", icu_locale=locale),) for locale in ("@colNumeric=yes", "und-kn")
    )
    assert drift.diff(of(15, collations=one), of(16, collations=other)) == ()
    for majors in ((15, 15), (16, 18)):
        (found,) = drift.diff(of(majors[0], collations=one), of(majors[1], collations=other))
        assert found.facts.keys() == {"icu_locale"}
