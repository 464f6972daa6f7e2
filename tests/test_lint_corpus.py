"""The labelled migrations of ``bench/lint_corpus``: PostgreSQL does with them what they say, and lint says so, too.

``python -m bench.lint`` runs them beside squawk, through the command; docs/lint.md has the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import errors

from bench import corpus
from bench.corpus import Case
from tools import database, lint, migrations, release, scratch, sizes
from tools.config import Project
from tools.history import Step
from tools.message import send
from tools.migrations import Migration, read_script
from tools.sizes import Sizes
from tools.statements import split
from tools.walk import Walk

CASES = corpus.read()
# Harm that lint does not see, and why
MISSED = {
    "check_the_release_breaks": "a CHECK that is not valid is not held against the rows that are there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The shop twice: `replayed` without rows, `url` with them."""

    project: Project
    cluster: scratch.Cluster
    url: str
    sizes: Sizes


@pytest.fixture(scope="module")
def shop(cluster: scratch.Cluster) -> Iterator[Shop]:
    project = corpus.project()
    empty = cluster.create()
    scratch.fill(empty, project, scratch.steps_of(migrations.read(project)))
    name = str(database.parse(empty)["dbname"])
    url = corpus.open_shop(cluster, name)
    with database.connect(url, application="tests") as connection:
        known = sizes.ask(connection)
    opened = scratch.Cluster(url=cluster.url, databases=cluster.databases, replayed=name)
    yield Shop(project=project, cluster=opened, url=url, sizes=known)
    for one in (url, empty):
        cluster.drop(one)
    with (
        database.connect(cluster.url("postgres"), application="tests") as connection,
        suppress(errors.DependentObjectsStillExist),  # another run on the same server
    ):
        connection.execute("drop role if exists lint_corpus_shop")


def test_the_corpus_is_large_and_mixed() -> None:
    harmless = [one for one in CASES if one.kind is None]
    assert len(CASES) >= 130
    assert 0.35 < len(harmless) / len(CASES) < 0.45
    assert {one.kind for one in CASES} == {None, *corpus.KINDS}
    assert len({one.name for one in CASES}) == len(CASES)
    assert all((one.state is not None) == (one.kind == "fails") for one in CASES)


def run(connection: database.Connection, case: Case) -> psycopg.Error | None:
    """Run a file as it says, in one transaction or statement by statement, and return why it failed."""
    text = case.path.read_text(encoding="utf-8")
    for piece in [text] if case.transactional else [one.text for one in split(text)]:
        error = send(connection, f"begin; {piece} commit" if case.transactional else piece).error
        if error is not None:
            return error
    return None


@pytest.mark.slow
def test_every_file_comes_to_the_end_that_its_label_says(shop: Shop) -> None:
    wrong: dict[str, Any] = {}
    name = str(database.parse(shop.url)["dbname"])
    for case in CASES:
        url = shop.cluster.create(template=name)
        with database.connect(url, application="tests") as connection:
            error = run(connection, case)
        shop.cluster.drop(url)
        if (error.sqlstate if error else None) != case.state:
            wrong[case.name] = error
    assert wrong == {}


@pytest.mark.slow
def test_lint_finds_the_harm_and_nothing_else(shop: Shop) -> None:
    queries = release.read(shop.project)
    false, missed = {}, {}
    with database.connect(shop.url, application="tests") as live:
        for case in CASES:
            walk = Walk(cluster=shop.cluster, project=shop.project, sizes=shop.sizes, live=live, queries=queries)
            lines = found(shop.project, walk, case)
            if case.kind is None and lines:
                false[case.name] = lines
            elif case.kind is not None and not set(case.lines) & lines.keys():
                missed[case.name] = lines
    assert false == {}
    assert missed.keys() == MISSED.keys()


def found(project: Project, walk: Walk, case: Case) -> dict[int | None, str]:
    """Return the hazards of a file, by line."""
    script = read_script(project, case.path)
    step = Step(migration=Migration(id=case.name, up=script), operation="apply")
    (scene,) = walk.scenes((step,), frozenset({case.name}), frozenset())
    walk.cluster.drop(walk.url)
    if walk.clean is not None:
        walk.cluster.drop(walk.clean)
    return {one.line: one.rule for one in lint.judge(project, scene) if one.class_ != "hygiene"}
