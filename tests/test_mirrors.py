"""The mirrors are true, shown by two witnesses that share nothing.

One is information_schema (`witness.py`), the other the catalog diff of `tools`, at the end; `test_mirror.py` changes
the models one field at a time and asks it to name each.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from forgotten import forget
from mutations import MUTATIONS
from psycopg import sql
from sqlalchemy.dialects import postgresql
from witness import QUERIES, TABLES, VIEWS, Facts, columns, differences, facts, materialise

import models
from tools import remarks, scratch, sources
from tools.config import Project

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def database_facts(cluster: scratch.Cluster) -> Facts:
    """What the migrated database says."""
    with psycopg.connect(cluster.create(template=cluster.replayed)) as conn:
        return facts(conn)


@pytest.fixture(scope="module")
def models_url(cluster: scratch.Cluster) -> str:
    """An empty database for the models; the extensions are there already, because they cost most of the time."""
    url = cluster.create()
    with psycopg.connect(url) as conn:
        for extension in ("btree_gist", "pg_trgm"):
            conn.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
    return url


def test_the_models_make_what_the_migrations_make(database_facts: Facts, make_database: Callable[[str], str]) -> None:
    assert differences(database_facts, materialise(models.metadata, make_database(""))) == []


def test_the_proof_is_about_everything(database_facts: Facts) -> None:
    kinds = {kind for kind, _ in database_facts}
    assert kinds == set(QUERIES)
    assert {name for kind, name in database_facts if kind == "table"} == set(TABLES)


def test_every_table_view_and_type_has_a_mirror(conn: psycopg.Connection[Any]) -> None:
    """Whatever the migrations made; what belongs to yoyo, to extensions or to Better Auth apart."""
    relations = conn.execute(
        """
        select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and not relispartition
          and relname !~ 'yoyo' and relname not in ('users', 'sessions', 'accounts', 'verifications')
        """
    )
    assert sorted(name for (name,) in relations) == sorted(TABLES + VIEWS)


# -- what SQLAlchemy's metadata says in Python, without a database in between ----------------------------------------

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
SPELLED = {
    "character varying": "VARCHAR",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "tstzrange": "TSTZRANGE",
}


def spelled(fact: dict[str, Any]) -> str:
    """Write a type of information_schema as SQLAlchemy writes it."""
    if fact["domain_name"]:
        return str(fact["domain_name"])
    if fact["data_type"] == "USER-DEFINED":
        return str(fact["udt_name"])
    if fact["data_type"] == "ARRAY":
        return str(fact["element_type"]).upper() + "[]"
    name: str = SPELLED.get(fact["data_type"], fact["data_type"].upper())
    if fact["character_maximum_length"]:
        return f"{name}({fact['character_maximum_length']})"
    if fact["data_type"] == "numeric":
        return f"{name}({fact['numeric_precision']}, {fact['numeric_scale']})"
    return name


@pytest.mark.parametrize("table", [*TABLES, *VIEWS])
def test_python_knows_each_column(table: str, conn: psycopg.Connection[Any]) -> None:
    """Name, type with length and precision, nullability; of a view PostgreSQL calls every column nullable."""
    found = columns(conn, table)
    in_database = {
        name: (spelled(fact), fact["is_nullable"] == "YES" if table in TABLES else None) for name, fact in found.items()
    }
    in_python = {
        f"{table}.{column.name}": (column.type.compile(DIALECT), column.nullable if table in TABLES else None)
        for column in models.metadata.tables[table].columns
    }
    assert in_python == in_database


def test_the_stub_of_users_keeps_the_contract(conn: psycopg.Connection[Any]) -> None:
    in_database = {name: spelled(fact) for name, fact in columns(conn, "users").items()}
    in_python = {f"users.{c.name}": c.type.compile(DIALECT) for c in models.metadata.tables["users"].columns}
    assert in_python.items() <= in_database.items()


def test_docstrings_are_the_comments(database_facts: Facts) -> None:
    models.load_all()
    classes = {str(mapper.local_table): mapper.class_ for mapper in models.Base._sa_registry.mappers}
    for table in TABLES:
        comment = remarks.read(database_facts["table", table]["comment"])
        assert " ".join((classes[table].__doc__ or "").split()) == comment.prose


# -- the proof can fail: each row changes one thing in a copy of the models, and the proof must name that thing --------


@pytest.fixture
def copy_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], ModuleType]]:
    """Return a function that imports a copy of the models in which one text is replaced by another."""
    name = "mutant"

    def copy(module: str, old: str, new: str) -> ModuleType:
        shutil.copytree(ROOT / "models", tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        file = tmp_path / name / module
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{module} no longer holds {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module(name)

    yield copy
    forget({name})


def test_an_unchanged_copy_passes(
    copy_models: Callable[[str, str, str], ModuleType], database_facts: Facts, models_url: str
) -> None:
    copy = copy_models("tasks.py", "class Task(", "class Task(")
    assert differences(database_facts, materialise(copy.metadata, models_url)) == []


@pytest.mark.parametrize(("module", "old", "new", "named"), MUTATIONS, ids=lambda value: value[:40])
def test_each_change_of_a_model_is_named(
    module: str,
    old: str,
    new: str,
    named: str,
    copy_models: Callable[[str, str, str], ModuleType],
    database_facts: Facts,
    models_url: str,
) -> None:
    changed = copy_models(module, old, new)
    said = differences(database_facts, materialise(changed.metadata, models_url))
    assert any(line.startswith(named) for line in said), said


# -- the second witness: the catalog diff of `tools` -----------------------------------------------------------------


def test_the_catalog_of_the_models_is_that_of_the_migrations(project: Project) -> None:
    with sources.reader(project, scratch.configured(None, None)) as reader:
        found = reader.compare("migrations", "models")
    assert found.differences == ()
    assert found.objects > len(TABLES)
