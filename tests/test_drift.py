"""The differ, against a real server: one change is one difference, and what means the same shows nothing."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.conninfo
import pytest

from tools import catalog, census, database, drift, scratch
from tools.catalog import Catalog
from tools.changes import Fact
from tools.drift import Difference

DATA = Path(__file__).parent / "data"
WORDS = ("-- missing ", "-- unexpected ", "-- changed ", "-- same: ")
SINCE = re.compile(r" \(since (\d+)\)$")  # the first major version that can say it
VERDICT = re.compile(r" \[[a-z, ]+\]$")  # how bad it is; a change that models survive says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a block of a file says above its SQL, the same with the verdicts, and the SQL."""

    heads: tuple[str, ...]
    judged: tuple[str, ...]
    sql: str
    since: int = 15


def scenes(path: Path) -> Iterator[Scene]:
    """Yield the blocks of the file."""
    heads: list[str] = []
    lines: list[str] = []
    for line in [*path.read_text().splitlines(), WORDS[-1]]:
        if line.startswith(WORDS) and lines:
            if heads:
                since = SINCE.search(heads[0])
                heads[0] = SINCE.sub("", heads[0])
                yield Scene(
                    heads=tuple(VERDICT.sub("", head) for head in heads),
                    judged=tuple(heads),
                    sql="\n".join(lines),
                    since=int(since[1]) if since else 15,
                )
            heads, lines = [], []
        if line.startswith(WORDS):
            heads.append(line.removeprefix("-- "))
        elif line:
            lines.append(line)


CHANGES = (*scenes(DATA / "changes.sql"), *scenes(DATA / "changes_of_rarities.sql"))
NO_OPS = tuple(scenes(DATA / "noops.sql"))


def title(scene: Scene) -> str:
    return scene.heads[0]


def skip_on_older(scene: Scene, connection: database.Connection) -> None:
    if connection.info.server_version // 10000 < scene.since:
        pytest.skip(f"PostgreSQL {scene.since} can say it")


def described(difference: Difference) -> str:
    facts = ", ".join(sorted(difference.facts))
    return f"{difference.change} {difference.kind} {difference.name}" + (f": {facts}" if facts else "")


def judged(difference: Difference) -> str:
    severity = "" if difference.severity == "change" else difference.severity
    words = ", ".join(word for word in (severity, "" if difference.compatible else "stops") if word)
    return described(difference) + (f" [{words}]" if words else "")


@pytest.fixture(autouse=True)
def census_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where the census comes to other sums than the read: then it would ask for the names each time."""
    census.sums_question()
    monkeypatch.setattr(census, "question", lambda: pytest.fail("the sums differ"))


@contextlib.contextmanager
def corpus(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    """Make a database with the base schema, in which every test rolls back what it does."""
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute((DATA / "base.sql").read_bytes())
        with contextlib.suppress(psycopg.errors.DuplicateObject):
            connection.execute("set allow_in_place_tablespaces = on")
            connection.execute("create tablespace corpus location ''")
        yield connection
    cluster.drop(url)


@pytest.fixture(scope="module")
def base(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    with corpus(cluster) as connection:
        yield connection


@pytest.fixture(scope="module")
def expected(base: database.Connection) -> Catalog:
    return catalog.digested(base, catalog.read(base))


def test_each_fact_of_each_kind_is_changed_by_some_scene() -> None:
    changed = {(kind, fact) for word, kind, facts in map(parts, heads()) if word == "changed" for fact in facts}
    facts = {(kind, fact.name) for kind, found in catalog.COMPARED.items() for fact in found}
    assert facts - changed == set()
    assert changed - facts == set()


def test_each_kind_comes_and_goes_in_some_scene() -> None:
    found = {(word, kind) for word, kind, _ in map(parts, heads())}
    assert {(word, kind) for word in ("missing", "unexpected") for kind in catalog.COMPARED} - found == set()


def heads() -> list[str]:
    return [head for scene in CHANGES for head in scene.heads]


def parts(head: str) -> tuple[str, str, list[str]]:
    """Return word, kind and facts of a difference as a scene describes it."""
    word, _, rest = head.partition(" ")
    kind = max((kind for kind in catalog.COMPARED if rest.startswith(f"{kind} ")), key=len)
    return word, kind, rest.rpartition(": ")[2].split(", ")


@pytest.mark.parametrize("scene", CHANGES, ids=title)
def test_one_change_is_one_difference(scene: Scene, base: database.Connection, expected: Catalog) -> None:
    skip_on_older(scene, base)
    with base.transaction(force_rollback=True):
        base.execute(scene.sql.encode())
        actual = catalog.read(base, expected)
    differences = drift.diff(expected, actual)
    assert sorted(map(judged, differences)) == sorted(scene.judged)
    assert actual.unread == ()
    assert not catalog.is_one(expected, actual)
    assert catalog.is_one(expected, catalog.read(base, expected))


@pytest.mark.parametrize("scene", NO_OPS, ids=title)
def test_what_means_the_same_shows_nothing(scene: Scene, base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute(scene.sql.encode())
        actual = catalog.read(base)
    assert drift.diff(expected, actual) == ()
    assert catalog.fingerprint(actual) == catalog.fingerprint(expected)


def test_two_changes_are_two_differences(base: database.Connection, expected: Catalog) -> None:
    """A rule that explains one change may not swallow another."""
    single = [scene for scene in CHANGES if len(scene.heads) == 1]
    chance = random.Random(7)
    for _ in range(60):
        first, second = chance.sample(single, 2)
        try:
            with base.transaction(force_rollback=True):
                base.execute(first.sql.encode())
                base.execute(second.sql.encode())
                found = sorted(map(described, drift.diff(expected, catalog.read(base))))
        except psycopg.Error:
            continue  # the first took away what the second changes
        if not are_related(first, second):
            assert found == sorted((*first.heads, *second.heads))


def are_related(first: Scene, second: Scene) -> bool:
    """Tell whether the two are about the same table or the same object, so that one may be part of the other."""
    names = [
        {scene.heads[0].partition(":")[0].partition(" ")[2], *re.findall(r"\bapp\.\w+", scene.heads[0] + scene.sql)}
        for scene in (first, second)
    ]
    return not names[0].isdisjoint(names[1])


def test_missing_and_unexpected_are_told_apart(base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute("alter table app.notes add color text, alter body set not null")
        actual = catalog.read(base)
    there = [(d.change, d.name, dict(d.facts)) for d in drift.diff(expected, actual)]
    back = [(d.change, d.name, dict(d.facts)) for d in drift.diff(actual, expected)]
    assert there == [
        ("changed", "app.notes.body", {"nullable": Fact(expected=True, actual=False)}),
        ("unexpected", "app.notes.color", {}),
    ]
    assert back == [
        ("changed", "app.notes.body", {"nullable": Fact(expected=False, actual=True)}),
        ("missing", "app.notes.color", {}),
    ]


VERDICTS = [
    ("alter table app.tasks drop column extra", "breaking", False),
    ("alter table app.notes add color text", "change", True),
    ("alter table app.notes add color text not null", "breaking", False),
    ("alter table app.notes add color text not null default 'red'", "change", True),
    ("alter table app.notes add n integer generated always as identity", "change", True),
    ("alter table app.tasks alter slug drop not null", "breaking", False),
    ("alter table app.notes alter body set not null", "breaking", False),
    ("alter table app.tasks alter amount type numeric(12, 2)", "change", True),
    ("alter table app.tasks alter amount type numeric(8, 2)", "breaking", False),
    ("alter table app.events alter what type varchar(80)", "breaking", False),
    ("alter table app.tasks alter updated_at drop default", "breaking", False),
    ("alter table app.tasks alter priority set default 4", "change", True),
    ("alter table app.users alter id set generated by default", "breaking", True),
    ("alter table app.users alter id drop identity", "breaking", False),
    ("alter table app.notes alter body set statistics 500", "cosmetic", True),
    ("comment on table app.tasks is null", "cosmetic", True),
    ("alter table app.tasks disable row level security", "breaking", True),
    ("alter table app.notes enable row level security", "change", False),
    ("drop policy mine on app.tasks", "breaking", False),
    ("create policy more on app.tasks using (true)", "change", True),
    ("create policy less on app.tasks as restrictive using (true)", "change", False),
    ("alter table app.tasks disable trigger touch", "breaking", True),
    ("alter table app.tasks enable always trigger touch", "change", True),
    ("drop trigger touch on app.tasks", "breaking", True),
    ("update pg_index set indisvalid = false where indexrelid = 'app.tasks_number_idx'::regclass", "breaking", True),
    ("drop index app.tasks_due_idx", "change", True),
    ("drop index app.tasks_number_idx", "breaking", False),
    ("alter table app.tasks drop constraint priority_range", "breaking", True),
    ("alter table app.notes add check (body <> '')", "change", True),
    ("alter function app.secret reset search_path", "breaking", True),
    ("alter function app.touch set work_mem = '8MB'", "change", True),
    ("alter type app.status add value 'waiting'", "change", False),
    ("alter type app.status rename value 'open' to 'new'", "breaking", False),
    ("revoke insert on app.tasks from pg_monitor", "breaking", False),
    ("grant delete on app.tasks to pg_monitor", "change", True),
    ("alter view app.open_tasks reset (security_invoker)", "breaking", True),
]


@pytest.mark.parametrize(("sql", "severity", "is_compatible"), VERDICTS, ids=[sql for sql, *_ in VERDICTS])
def test_verdict(sql: str, severity: str, is_compatible: bool, base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute(sql.encode())
        (difference,) = drift.diff(expected, catalog.read(base))
    assert (difference.severity, difference.compatible) == (severity, is_compatible)


TOLD = [  # what is done, the object that the report tells it of, and what it says besides
    ("alter table app.notes alter body set not null", "table app.notes", None),
    ("create index on app.task_counts (tasks)", "materialized view app.task_counts", None),
    ("alter sequence app.ticket cache 2", "sequence app.ticket", None),
    ("create schema more", "schema more", "all that is in it goes with it"),
    ("comment on column app.notes.body is 'x'", "table app.notes", None),
    ("comment on column app.remote.body is 'x'", "foreign table app.remote", None),
    ("comment on column app.open_tasks.id is 'x'", "view app.open_tasks", None),
    ("comment on schema side is 'x'", "schema side", None),
    ("grant usage on schema app to pg_read_all_data", "schema app", None),
    ("grant select (body) on app.notes to pg_monitor", "table app.notes", None),
    ("alter table app.tasks alter words drop expression", "table app.tasks", "its values go with it"),
]


@pytest.mark.parametrize(("sql", "group", "note"), TOLD, ids=[sql for sql, *_ in TOLD])
def test_what_is_told_of_it(
    sql: str, group: str, note: str | None, base: database.Connection, expected: Catalog
) -> None:
    with base.transaction(force_rollback=True):
        base.execute(sql.encode())
        (difference,) = drift.diff(expected, catalog.read(base))
    assert (difference.group, difference.note) == (group, note)


MIRRORED = """
create type mood as enum ('good', 'bad');
create table things (
  id int generated always as identity primary key, name varchar(20) not null, size int, mood mood, at timestamptz,
  count int not null default 0, note text
);
"""
# What happens to the database below a vendored mirror, and whether the mirror still reads, inserts and updates right
COMPATIBLE = [
    ("alter table things add more int", True),
    ("alter table things add more int not null default 1", True),
    ("alter table things alter name type varchar(40)", True),
    ("alter table things alter size type bigint", True),
    ("alter table things alter id set generated by default", True),
    ("alter table things alter mood type text", True),
    ("alter table things rename to stuff; create view things as select * from stuff", True),
    ("alter table things rename to stuff; create view things as select id, name from stuff", False),
    ("alter table things rename to stuff", False),
    ("alter table things add check (size > 0)", True),
    ("alter table things add more int not null", False),
    ("alter table things alter count drop default", False),
    ("alter table things alter id drop identity", False),
    ("alter table things alter note set not null", False),
    ("alter table things drop note", False),
    ("alter table things rename note to remark", False),
    ("alter type mood add value 'ugly'", False),
    ("alter table things drop size; alter table things add size int generated always as (1) stored", False),
    ("alter table things alter name drop not null", False),
    ("alter table things alter size type numeric", False),
    ("alter table things alter size type text", False),
    ("alter table things alter at type timestamp", False),
    ("alter table things alter name type varchar(10)", False),
]


@pytest.mark.parametrize(("sql", "is_compatible"), COMPATIBLE, ids=[sql for sql, _ in COMPATIBLE])
def test_a_vendored_mirror_works_or_does_not(sql: str, is_compatible: bool, base: database.Connection) -> None:
    with base.transaction(force_rollback=True):
        base.execute(MIRRORED.encode())
        mirrored = catalog.read(base)
        base.execute(sql.encode())
        found = drift.diff(mirrored, catalog.read(base))
    assert found
    assert all(difference.compatible for difference in found) == is_compatible
