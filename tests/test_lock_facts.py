"""The statements of data/lock_facts.tsv do on scratch what was measured on large tables: locks, rewrites, reads."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tools import database, measure, scratch
from tools.config import Project
from tools.effects import MODES, Counters, Effect
from tools.history import Step
from tools.measure import Measurement
from tools.migrations import Migration, read_script
from tools.statements import trees

DATA = Path(__file__).parent / "data"
FACTS = list(csv.DictReader((DATA / "lock_facts.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))
SHORT = dict(zip(("AS", "RS", "RX", "SUX", "S", "SRX", "X", "AX"), MODES, strict=True))
# What was measured on large tables read them through an index only, and that was not counted then
READ_THROUGH_AN_INDEX = {"create_matview", "refresh_matview", "refresh_matview_concurrently"}
TABLES = re.compile(r"(\w+)=([A-Z+]+)")


@pytest.fixture(scope="module")
def template(cluster: scratch.Cluster) -> str:
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute((DATA / "lock_facts.sql").read_bytes())
    return str(database.parse(url)["dbname"])


@pytest.fixture
def url(cluster: scratch.Cluster, template: str) -> Iterator[str]:
    made = cluster.create(template=template)
    yield made
    cluster.drop(made)


def count(url: str, names: tuple[str, ...]) -> Mapping[str, int]:
    """Return how many rows there are; the tables have theirs already."""
    with database.connect(url, application="tests") as connection:
        return {name: connection.execute(f"select count(*) from {name}".encode()).fetchall()[0][0] for name in names}


def run(url: str, project: Project, path: Path, fact: Mapping[str, str]) -> Measurement:
    """Measure the fact's statement: in a transaction where it takes one; what is only `set` up goes before it."""
    setup = fact["setup"] or ""
    lead = f"{setup};\n" if setup.startswith("SET") else ""
    if setup and not lead:
        with database.connect(url, application="tests") as connection:
            connection.execute(setup.encode())
    path.write_text(lead + fact["statement"], encoding="utf-8")
    script = read_script(project, path)
    return measure.measure(
        url, Step(migration=Migration(id="fact", up=script), operation="apply"), lambda names: count(url, names)
    )


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_a_fact(fact: Mapping[str, str], url: str, project: Project, tmp_path: Path) -> None:
    with database.connect(url, application="tests") as connection:
        major = connection.info.server_version // 10_000
    wanted = fact["pg18" if major >= 18 else "pg15"]
    if wanted.startswith("n/a") or (15 < major < 18 and fact["pg15_vs_pg18"] != "same"):
        pytest.skip(f"not in PostgreSQL {major}, or not the same in every version")
    found = run(url, project, tmp_path / "fact.sql", fact)
    if wanted.startswith("FAILS"):
        assert found.failure
        assert found.failure.sqlstate == wanted.split()[1]
        return
    assert found.failure is None
    if any(effect.alone for effect in found.effects):  # under the strongest lock nobody sees what else it takes
        assert strongest(locks(found.effects)) == strongest(told_locks(wanted))
    else:  # 16 and 17 take the weakest lock where 18 does, or 15
        weakest = {MODES[0]} if 15 < major < 18 else set()
        assert without(locks(found.effects), weakest) == without(told_locks(wanted), weakest)
    assert rewrites(found.effects) == told(wanted, "REWRITES")
    unseen = {"tasks"} if fact["id"] in READ_THROUGH_AN_INDEX else set()
    assert scans(found.effects) - unseen == told(wanted, "scans")


def locks(effects: tuple[Effect, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for effect in effects:
        for one in effect.impacts:
            if one.kind not in "iI" and one.taken:
                found.setdefault(one.relation.removeprefix("public."), set()).update(one.taken)
    return found


def strongest(modes: Mapping[str, set[str]]) -> dict[str, str]:
    return {name: max(found, key=MODES.index) for name, found in modes.items()}


def without(modes: Mapping[str, set[str]], weakest: set[str]) -> dict[str, set[str]]:
    return {name: found - weakest for name, found in modes.items() if found - weakest}


def rewrites(effects: tuple[Effect, ...]) -> set[str]:
    return {one.relation.removeprefix("public.") for effect in effects for one in effect.impacts if one.rewritten}


def scans(effects: tuple[Effect, ...]) -> set[str]:
    return {
        one.relation.removeprefix("public.") for effect in effects for one in effect.impacts if one.scanned and one.rows
    }


def told_locks(text: str) -> dict[str, set[str]]:
    part = re.search(r"locks ([^|]*)", text)
    return {name: {SHORT[mode] for mode in modes.split("+")} for name, modes in TABLES.findall(part[1] if part else "")}


def told(text: str, word: str) -> set[str]:
    part = re.search(rf"{word} ([^|;]*)", text)
    return {name.split()[0] for name in re.split(r", |,", part[1].strip())} if part else set()


@pytest.mark.parametrize(
    ("text", "left"), [("vacuum (analyze) t", False), ("vacuum full t", True), ("cluster t", True)]
)
def test_the_lock_that_a_vacuum_takes_where_nobody_waits_is_no_lock_to_wait_for(text: str, left: bool) -> None:
    ((_, node),) = trees(text)
    modes = {1: Counters(modes=frozenset(("AccessExclusiveLock", "ShareUpdateExclusiveLock")))}
    found = measure._waited_for(node, modes)[1].modes
    assert ("AccessExclusiveLock" in found, "ShareUpdateExclusiveLock" in found) == (left, True)
