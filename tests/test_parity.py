"""Create accepts a value if and only if the database stores it: column by column, and each exception has its reason."""

from __future__ import annotations

import fnmatch
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boundaries
import psycopg
import pytest
import sqlalchemy as sa
from forgotten import forget
from garden import ALICE, BOB, added, opened, task
from proving import prove
from pydantic import ValidationError
from rule_cases import ENOUGH, KEY, SERVER
from sqlmodel import Session

import models
from tools import scratch

HERE = Path(__file__).parent
EXCEPTIONS = tomllib.loads((HERE / "data" / "parity.toml").read_text(encoding="utf-8"))["exception"]

# other rows decide, and not the value: foreign keys, unique keys, exclusion
OTHER_ROWS = ("23503", "23505", "23P01")

# the type that a domain stands on, the text of all CHECKs about the column, and the labels of an enum
COLUMNS = """
    with recursive typed as (
        select a.attname as name, a.atttypid as type, format_type(a.atttypid, a.atttypmod) as printed,
            coalesce((select string_agg(pg_get_constraintdef(c.oid), ' ') from pg_constraint as c
                where c.conrelid = a.attrelid and c.contype = 'c' and a.attnum = any(c.conkey)), '') as checks
        from pg_attribute as a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
        union all
        select name, t.typbasetype, format_type(t.typbasetype, t.typtypmod), checks || coalesce(
            (select string_agg(pg_get_constraintdef(c.oid), ' ') from pg_constraint as c where c.contypid = t.oid), '')
        from typed join pg_type as t on t.oid = typed.type and t.typtype = 'd'
    )
    select name, printed, checks, array(
        select e.enumlabel::text from pg_enum as e join pg_type as l on l.oid = e.enumtypid
        where typed.type in (l.oid, l.typarray) order by e.enumsortorder)
    from typed join pg_type as t on t.oid = typed.type and t.typtype <> 'd'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A value about which the two differ.

    A: the model accepts it, the database refuses it; B: the other way round; C: both accept it, and what is stored is
    something else.
    """

    kind: str
    column: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind} {self.column} {self.value[:60]}: {self.why[:100]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A table, its Create, and what a row of it needs."""

    table: sa.Table
    create: type[Any]
    enough: dict[str, Any]
    server: dict[str, Any]

    def accepted(self, field: str, value: Any) -> Any:
        """Return what the model makes of the value; a ValidationError says that it does not take it."""
        return getattr(self.create.model_validate({**self.enough, field: value}), field)

    def stored(self, connection: sa.Connection, column: str, value: Any) -> Any:
        """Insert a row and undo it; return what was stored, or the error."""
        row = {**self.enough, **self.server, column: value}
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        statement = sa.insert(self.table).values({name.rstrip("_"): one for name, one in row.items()})
        with raw.transaction(force_rollback=True):
            try:
                return connection.execute(statement.returning(self.table.c[column])).scalar_one()
            except Exception as error:
                return error


def mismatches(subject: Subject, connection: sa.Connection) -> Iterator[Mismatch | None]:
    """Try all values in all columns that clients write; yield None where the two agree."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    columns = {name: rest for name, *rest in raw.execute(COLUMNS, [subject.table.fullname])}
    for field, info in subject.create.model_fields.items():
        column = info.alias or field
        type_, checks, labels = columns[column]
        for value in boundaries.values(type_, checks, labels):
            yield _mismatch(subject, connection, (field, column), value)


def _mismatch(subject: Subject, connection: sa.Connection, names: tuple[str, str], value: Any) -> Mismatch | None:
    field, column = names
    said: Any
    try:
        said, refused = subject.accepted(field, value), None
    except ValidationError as error:
        said, refused = value, error.errors(include_input=False, include_context=False)[0]["msg"]
    found = subject.stored(connection, column, said)
    where = {"column": f"{subject.table.name}.{column}", "value": repr(value)}
    if isinstance(found, Exception) and _sqlstate(found) not in OTHER_ROWS:
        return None if refused else Mismatch(kind="A", why=str(found).replace("\n", " "), **where)
    if refused:
        return Mismatch(kind="B", why=refused, **where)
    if not isinstance(found, Exception) and not _same(found, said):
        return Mismatch(kind="C", why=f"{said!r} is stored as {found!r}", **where)
    return None


def _sqlstate(error: Exception) -> str:
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    try:
        return bool(one == other)
    except (ArithmeticError, TypeError):  # ranges of NaN, of naive and of aware moments
        return str(one) == str(other)


def judged(subject: Subject, connection: sa.Connection) -> tuple[list[str], Counter[str]]:
    """Return what is wrong, and what was counted: a mismatch without an exception, an exception without a mismatch."""
    found = list(mismatches(subject, connection))
    differ = [one for one in found if one]
    uncovered, used = [], set()
    patterns = [(number, name) for number, one in enumerate(EXCEPTIONS) for name in one["columns"]]
    for one in differ:
        rows = [pattern for pattern in patterns if _covers(EXCEPTIONS[pattern[0]], pattern[1], one)]
        used.update(rows)
        uncovered += [] if rows else [one]
    tables = f"{subject.table.name}."
    unused = [
        f"{EXCEPTIONS[n]['class']} {name}" for n, name in patterns if name.startswith(tables) and (n, name) not in used
    ]
    counted = Counter({"values": len(found), "columns": len(subject.create.model_fields)})
    wrong = [*map(str, uncovered), *(f"nothing needs the exception {one}" for one in unused)]
    return wrong, counted + Counter(one.kind for one in differ)


def _covers(exception: dict[str, Any], column: str, one: Mismatch) -> bool:
    return (
        exception["class"] == one.kind
        and fnmatch.fnmatchcase(one.column, column)
        and bool(re.search(exception.get("values", ""), one.value))
    )


def test_create_agrees_with_the_database_about_every_type_and_check(cluster: scratch.Cluster, tmp_path: Path) -> None:
    url = cluster.create()
    try:
        with psycopg.connect(url) as conn:
            conn.execute((HERE / "zoo" / "parity.sql").read_bytes())
        package: Any = prove(url, cluster, tmp_path).package
        subject = Subject(
            table=package.Parity.__table__, create=package.ParityCreate, enough={"check_required": 5}, server={}
        )
        engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
        with engine.connect() as connection:
            wrong, counted = judged(subject, connection)
        engine.dispose()
        print(subject.table.name, dict(counted))  # noqa: T201 shown by pytest -rP
        assert wrong == [], "\n" + "\n".join(wrong)
        assert counted["columns"] > 40
        assert counted["values"] > 4000
    finally:
        forget({"generated"})
        cluster.drop(url)


@pytest.fixture(scope="module")
def engine(cluster: scratch.Cluster) -> Iterator[sa.Engine]:
    with opened(cluster.create(template=cluster.replayed)) as made:
        with Session(made) as session:
            added(session, models.Project(id=KEY, user_id=ALICE, name="The project"))
            added(session, task(id=KEY))
            added(session, models.Comment(id=KEY, user_id=BOB, project_id=KEY, body="The comment"))
            session.commit()
        yield made


@pytest.mark.parametrize("table", ENOUGH)
def test_create_agrees_with_the_database_about_our_schema(table: str, engine: sa.Engine) -> None:
    models.load_all()
    model = next(mapper.class_ for mapper in models.Base._sa_registry.mappers if str(mapper.local_table) == table)
    create = getattr(models, f"{model.__name__}Create")
    subject = Subject(table=model.__table__, create=create, enough=ENOUGH[table], server=SERVER[table])
    with engine.connect() as connection:
        wrong, counted = judged(subject, connection)
    print(subject.table.name, dict(counted))  # noqa: T201 shown by pytest -rP
    assert wrong == [], "\n" + "\n".join(wrong)
    assert counted["values"]


def test_each_exception_has_a_reason() -> None:
    tables = {"parity", *ENOUGH}
    for exception in EXCEPTIONS:
        assert exception["class"] in "ABC"
        assert len(exception["why"]) > 10
        assert {name.partition(".")[0] for name in exception["columns"]} <= tables
        assert exception["class"] != "A" or "values" in exception or exception.get("whole"), exception
