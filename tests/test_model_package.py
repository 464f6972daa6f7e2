"""The package of models as applications get it: vendorable, without side effects, typed, written by the rules."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, assert_type
from uuid import UUID

import pytest
import sqlalchemy as sa
from forgotten import forget
from garden import ALICE, added, opened, task
from sqlalchemy.orm import configure_mappers
from sqlmodel import Field, Session, SQLModel, col, select
from visitors import login

import models
from models import AsyncCrud, Collection, Crud, CursorPage, Page, open_engine, scope, transaction
from tools import vendor as copies
from tools.config import Project

if TYPE_CHECKING:
    from pydantic import MISSING

MODELS = Path(models.__file__).parent
FILES = sorted(MODELS.glob("*.py"))


# -- how the files are written ----------------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_rules_of_model_files(path: Path) -> None:
    """`from __future__ import annotations` breaks every relationship; the keywords lose facts or invent them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [node for node in imported if node.module == "__future__"]
    assert not [
        node for node in imported if not node.level and node.module and node.module.partition(".")[0] == "models"
    ]
    forbidden = {
        "sa_column": "drops the foreign key and the checks of the field",
        "default_factory": "makes in Python what the database makes",
        "regex": "is silently ignored",
        "foreign_key": "cannot name the constraint",
        "index": "makes an index of another name",
    }
    used = {keyword.arg for call in calls(path) for keyword in call.keywords}
    assert not used & forbidden.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text))


def test_each_table_has_a_module_of_its_name() -> None:
    models.load_all()
    for mapper in models.Base._sa_registry.mappers:
        assert mapper.class_.__module__ == f"models.{mapper.local_table}"


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    tables = [table for table in models.metadata.tables.values() if not table.info.get("view")]
    names = [constraint.name for table in tables for constraint in table.constraints]
    names += [index.name for table in tables for index in table.indexes]
    assert None not in names
    assert len(names) == len(set(names))


def test_all_lists_what_is_exported() -> None:
    assert set(models.__all__) == {*models._loader.names, "PRIVATE", "load_all"}
    for name in models.__all__:
        assert getattr(models, name) is not None


# -- importing it ------------------------------------------------------------------------------------------------------


def test_importing_needs_no_environment_and_does_nothing(tmp_path: Path) -> None:
    """No driver is loaded, no mapper configured, nothing is registered where an application keeps its own tables."""
    shutil.copytree(MODELS, tmp_path / "models", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import sys, models, sqlmodel\n"
        "assert 'psycopg' not in sys.modules and 'dotenv' not in sys.modules and 'tools' not in sys.modules\n"
        "assert not sqlmodel.SQLModel.metadata.tables\n"
        "assert not any(m.configured for m in models.Base._sa_registry.mappers)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, env={}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def vendor(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Return a function that vendors the package under another name and imports it."""
    tops = set()

    def copy(name: str) -> ModuleType:
        target = tmp_path.joinpath(*name.split("."))
        copies.write(project, target, copies.collect(project))
        monkeypatch.syspath_prepend(tmp_path)
        tops.add(name.partition(".")[0])
        return importlib.import_module(name)

    yield copy
    forget(tops)


def test_two_copies_and_an_application_with_names_of_its_own(
    vendor: Callable[[str], ModuleType], database_url: str
) -> None:
    class Task(SQLModel, table=True):  # an application's own, in the default registry
        __tablename__ = "tasks"
        id: int | None = Field(default=None, primary_key=True)

    one, two = vendor("acme.db.schema"), vendor("vendored_schema")
    configure_mappers()
    assert len({Task, models.Task, one.Task, two.Task}) == 4
    assert set(SQLModel.metadata.tables) == {"tasks"}
    assert one.metadata.tables.keys() == two.metadata.tables.keys() == models.metadata.tables.keys()
    with opened(database_url) as engine, Session(engine) as session:
        for package in (one, two):
            assert package.check(session, "exact") == ()
            project = added(session, package.Project(user_id=ALICE, name=package.__name__))
            made = added(session, package.Task(user_id=ALICE, title="t", project=project))
            assert type(project.tasks[0]) is package.Task
            assert package.TaskRead.model_validate(made).status is package.TaskStatus.TODO
        assert len(session.exec(select(models.Task)).all()) == 2
    SQLModel.metadata.clear()


# -- a consumer, as mypy sees it ---------------------------------------------------------------------------------------


def titles(session: Session, owner: UUID) -> list[str]:
    """Use keys, relationships, labels and schemas; each of the types is asserted where the type checker runs."""
    found = session.exec(
        select(models.Task)
        .where(models.Task.user_id == owner, col(models.Task.deleted_at).is_(None))
        .order_by(col(models.Task.created_at).desc())
    ).all()
    for row in found:
        assert_type(row.id, UUID)
        assert_type(row.created_at, datetime)
        assert_type(row.children, list[models.Task])
        assert_type(row.parent, models.Task | None)
        assert_type(row.user, models.User)
        assert_type(row.status, models.TaskStatus)
        assert_type(row.metadata_, dict[str, Any])
        assert_type(row.recurrence, models.Recurrence | None)
    change = models.TaskUpdate(title="Weed", due_at=None)
    if TYPE_CHECKING:
        assert_type(change.title, str | MISSING)
        assert_type(change.due_at, datetime | MISSING | None)
    for row in found:
        row.sqlmodel_update(change.model_dump())
    return [models.TaskRead.model_validate(row).title for row in found]


def test_a_consumer_works(database_url: str) -> None:
    with opened(database_url) as engine, Session(engine) as session:
        added(session, task(), task(deleted_at=sa.func.now()))
        assert titles(session, ALICE) == ["Weed"]


TASKS = Collection(models.Task, models.TaskCreate, models.TaskUpdate)


def first_title(session: Session, user: UUID) -> str:
    tasks = Crud(session, TASKS.owned_by(user))
    assert_type(tasks, Crud[models.Task, models.TaskCreate, models.TaskUpdate])
    made = tasks.create(models.TaskCreate(title="typed"))
    assert_type(made, models.Task)
    page = tasks.page()
    assert_type(page, Page[models.Task])
    if TYPE_CHECKING:
        tasks.create(models.TaskUpdate(title="t"))  # type: ignore[arg-type]
        tasks.update(made.id, models.ProjectUpdate(name="n"))  # type: ignore[arg-type]
        assert tasks.scroll().items[0].nonsense  # type: ignore[attr-defined]
    shown = Page[models.TaskRead].model_validate(page)
    assert_type(shown.items[0], models.TaskRead)
    return shown.items[0].title


async def first_title_async(crud: AsyncCrud[models.Task, models.TaskCreate, models.TaskUpdate]) -> str:
    assert_type(await crud.scroll(), CursorPage[models.Task])
    return (await crud.get(UUID(int=1))).title


def copied(crud: Crud[scope.Row, scope.CreateT, scope.UpdateT]) -> list[scope.Row]:
    """Whatever the table is."""
    return crud.page(page_size=2).items


def test_a_consumer_of_the_runtime_works(database_url: str) -> None:
    with login(database_url) as url:
        engine = open_engine(url)
        with transaction(engine, ALICE) as session:
            assert first_title(session, ALICE) == "typed"
            assert [row.title for row in copied(Crud(session, TASKS.owned_by(ALICE)))] == ["typed"]
        engine.dispose()
