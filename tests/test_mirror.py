"""Models against the catalog: change any one field of a model, and exactly that one is named."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.schema import DefaultClause

from tools import config, drift, mirror, scratch, sources, subset
from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble


@pytest.fixture(scope="module")
def reader(project: Project) -> Iterator[sources.Reader]:
    with sources.reader(project, scratch.configured(None, None)) as opened:
        yield opened


@pytest.fixture(scope="module")
def metadata(project: Project) -> sa.MetaData:
    return mirror.load(project)


@pytest.fixture(scope="module")
def wanted(reader: sources.Reader, external: frozenset[str]) -> Catalog:
    return subset.sayable(subset.without(reader.read("migrations"), external))


@pytest.fixture(scope="module")
def external(reader: sources.Reader) -> frozenset[str]:
    return frozenset(table.key for table in reader.replayed(()).tables)


@pytest.fixture
def differences(
    reader: sources.Reader, project: Project, wanted: Catalog, external: frozenset[str]
) -> Callable[[], list[str]]:
    """Return a function that makes the models and names what differs from the migrations."""

    def compare() -> list[str]:
        found = subset.sayable(subset.without(reader.read("models"), external))
        return [f"{one.change} {one.kind} {one.name}".replace('"', "") for one in drift.diff(wanted, found)]

    return compare


def ours(metadata: sa.MetaData) -> list[sa.Table]:
    return [
        table for table in metadata.tables.values() if not table.info.get("view") and not table.info.get("external")
    ]


ROOT = Path(__file__).resolve().parent.parent
MODELS = mirror.load(config.load(ROOT))
COLUMNS = [(table.name, column.name) for table in ours(MODELS) for column in table.columns]
CONSTRAINTS = [
    (table.name, str(constraint.name))
    for table in ours(MODELS)
    for constraint in sorted(table.constraints, key=lambda one: str(one.name))
    if constraint.name and not isinstance(constraint, sa.PrimaryKeyConstraint)
]
INDEXES = [
    (table.name, str(index.name))
    for table in ours(MODELS)
    for index in sorted(table.indexes, key=lambda one: str(one.name))
]


def test_the_models_mirror_the_migrations(differences: Callable[[], list[str]]) -> None:
    assert differences() == []


@pytest.mark.slow
@pytest.mark.parametrize(("table", "name"), COLUMNS, ids=lambda value: value)
def test_one_changed_fact_of_a_column_is_named(
    table: str, name: str, metadata: sa.MetaData, differences: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    column = metadata.tables[table].columns[name]
    if column.comment is not None and COLUMNS.index((table, name)) % 3 == 0:
        monkeypatch.setattr(column, "comment", f"{column.comment} Changed.")
        assert differences() == [f"changed comment column public.{table}.{name}"]
    elif column.primary_key or column.computed is not None or column.foreign_keys:
        monkeypatch.setattr(column, "comment", None)
        assert differences() == [f"missing comment column public.{table}.{name}"]
    elif isinstance(column.server_default, DefaultClause):
        monkeypatch.setattr(column, "server_default", None)
        assert differences() == [f"changed column public.{table}.{name}"]
    else:
        monkeypatch.setattr(column, "nullable", not column.nullable)
        assert differences() == [f"changed column public.{table}.{name}"]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "name"), CONSTRAINTS, ids=lambda value: value)
def test_a_constraint_that_is_left_out_is_named(
    table: str, name: str, metadata: sa.MetaData, differences: Callable[[], list[str]]
) -> None:
    owner = metadata.tables[table]
    (constraint,) = (one for one in owner.constraints if one.name == name)
    owner.constraints.remove(constraint)
    try:
        assert differences() == [f"missing constraint public.{table}.{name}"]
    finally:
        owner.constraints.add(constraint)


@pytest.mark.slow
@pytest.mark.parametrize(("table", "name"), INDEXES, ids=lambda value: value)
def test_an_index_that_changes_is_named(
    table: str, name: str, metadata: sa.MetaData, differences: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (index,) = (one for one in metadata.tables[table].indexes if one.name == name)
    options = index.dialect_options["postgresql"]
    predicate = sa.text(f"{next(iter(metadata.tables[table].columns)).name} is not null")
    changed = copy.copy(dict(options))
    monkeypatch.setitem(options, "where", predicate)
    assert differences() == [f"changed index public.{name}"]
    assert changed != dict(options)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("tasks", "title", "type", sa.String(201)), "changed column public.tasks.title"),
        (("tasks", "priority", "type", sa.Integer()), "changed column public.tasks.priority"),
        (("tasks", "priority", "server_default", DefaultClause("4")), "changed column public.tasks.priority"),
        (("tasks", "due_at", "type", sa.DateTime(timezone=False)), "changed column public.tasks.due_at"),
        (("tasks", "title", "nullable", True), "changed column public.tasks.title"),
        (("tasks", "metadata", "type", sa.JSON()), None),
    ],
    ids=str,
)
def test_a_changed_type_default_or_nullability_is_named(
    change: tuple[str, str, str, Any],
    expected: str | None,
    metadata: sa.MetaData,
    differences: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, column, attribute, value = change
    if column not in metadata.tables[table].columns:
        pytest.skip(f"{table} has no column {column}")
    monkeypatch.setattr(metadata.tables[table].columns[column], attribute, value)
    if expected is None:  # an index or a CHECK needs jsonb, so the table cannot even be made
        with pytest.raises(Trouble, match="the tables of models cannot be created"):
            differences()
    else:
        assert differences() == [expected]


def test_a_changed_enum_label_is_named(
    metadata: sa.MetaData, differences: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind: Any = metadata.tables["tasks"].columns["status"].type
    monkeypatch.setattr(kind, "enums", [*kind.enums, "someday"])
    assert differences() == ["changed enum public.task_status"]


PACKAGE = '''
from sqlmodel import Field, SQLModel


class Thing(SQLModel, table=True):
    """A thing, as an application writes it."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
'''


def test_a_package_of_any_name_with_sqlmodels_own_metadata(tmp_path: Path) -> None:
    migrations = tmp_path / "sql/migrations"
    migrations.mkdir(parents=True)
    (migrations / "20260101000000_thing.sql").write_text(
        "create table thing (id serial primary key, name varchar not null);\n", encoding="utf-8"
    )
    (tmp_path / "app_models").mkdir()
    (tmp_path / "app_models/__init__.py").write_text(PACKAGE, encoding="utf-8")
    project = replace(config.load(tmp_path), models="app_models")
    try:
        with sources.reader(project, scratch.configured(None, None)) as opened:
            assert opened.compare("migrations", "models").same
            (migrations / "20260102000000_wider.sql").write_text(
                "alter table thing add column size int;\n", encoding="utf-8"
            )
            found = opened.compare("migrations", "models").differences
            assert [(one.change, one.kind, one.name) for one in found] == [("missing", "column", "public.thing.size")]
    finally:
        from sqlmodel import SQLModel

        SQLModel.metadata.clear()
        sys.modules.pop("app_models", None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "defines no table"),
        ("import nothing_of_that_name", "cannot import app_models: No module named 'nothing_of_that_name'"),
        ("1 / 0", "cannot import app_models: ZeroDivisionError: division by zero"),
    ],
)
def test_a_package_that_cannot_be_used_is_a_sentence(
    text: str, sentence: str, tmp_path: Path, project: Project
) -> None:
    (tmp_path / "app_models").mkdir()
    (tmp_path / "app_models/__init__.py").write_text(text, encoding="utf-8")
    with pytest.raises(Trouble) as caught:
        mirror.load(replace(project, directory=tmp_path, models="app_models"))
    assert sentence in str(caught.value)
    sys.modules.pop("app_models", None)


def test_no_package_is_a_sentence(tmp_path: Path, project: Project) -> None:
    with pytest.raises(Trouble, match="no package nowhere: name the package"):
        mirror.load(replace(project, directory=tmp_path, models="nowhere"))
