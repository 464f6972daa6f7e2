"""Type checkers see through the packages: what is loaded late, relationships, pages, and what a client may change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from forgotten import forget
from proving import prove

from tools import scratch

ROOT = Path(__file__).resolve().parent.parent
ZOO = ROOT / "tests" / "zoo"
Make = Callable[[str], str]
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    forget({"generated"})


OURS = """
from typing import assert_type

from sqlmodel import Session, col, select

from models import Crud, Page, Project, Scope, Task, TaskCreate, TaskRead, TaskUpdate, load_all


def first(session: Session, crud: Crud[Task, TaskCreate, TaskUpdate]) -> Page[TaskRead]:
    task = session.exec(select(Task).where(col(Task.title) == "Weed")).one()
    assert_type(task.project, Project | None)
    assert_type(task.title, str)
    if task.project is not None:
        assert_type(task.project.tasks, list[Task])
    assert_type(crud.update(task.id, TaskUpdate(title="Water")), Task)
    assert_type(crud.create(TaskCreate(title="Sow")).description, str | None)
    assert_type(crud.page(page=1), Page[Task])
    assert_type(crud.scope, Scope[Task, TaskCreate, TaskUpdate])
    load_all()
    return Page[TaskRead].model_validate(crud.page(page=1))


def wrong(task: Task) -> object:
    TaskUpdate(title=None)
    return task.nothing
"""
THEIRS = """
from typing import assert_type

from sqlmodel import Session, select

import generated
from generated import Author, Book, BookUpdate


def titles(session: Session) -> list[Author]:
    found = session.exec(select(Book)).all()
    for book in found:
        assert_type(book.author, Author)
        assert_type(book.editor, Author | None)
        assert_type(book.author.books, list[Book])
        book.sqlmodel_update(BookUpdate(editor_id=None).model_dump())
    return [book.author for book in found]


BookUpdate(title=1)
Book().nothing
"""


def mypy(folder: Path, package: str) -> list[str]:
    """Return the errors of `mypy --strict` in a package and its consumer."""
    words = ["--strict", "--config-file=", "--cache-dir", str(folder.parent / "cache"), "consumer.py", package]
    return _run([sys.executable, "-m", "mypy", *words], folder)


def pyright(folder: Path, package: str) -> list[str]:
    """Return the errors of pyright."""
    program = os.environ.get("PYRIGHT") or shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed: npm install pyright, and PYRIGHT=node_modules/.bin/pyright")
    return _run([program, "--pythonpath", sys.executable, "consumer.py", package], folder)


def _run(words: list[str], folder: Path) -> list[str]:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if ": error: " in line or " - error: " in line]


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright])


@CHECKERS
def test_our_own_models_and_who_uses_them(checker: Callable[[Path, str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(OURS, encoding="utf-8")
    (tmp_path / "models").symlink_to(ROOT / "models")
    null, attribute = checker(tmp_path, "models")
    assert '"title"' in null
    assert '"nothing"' in attribute


@CHECKERS
@pytest.mark.parametrize("name", ["constraints", "parity"])
def test_generated_packages(
    checker: Callable[[Path, str], list[str]],
    name: str,
    cluster: scratch.Cluster,
    make_database: Make,
    tmp_path: Path,
) -> None:
    prove(make_database((ZOO / f"{name}.sql").read_text(encoding="utf-8")), cluster, tmp_path)
    text = THEIRS if name == "constraints" else "import generated\n\ngenerated.load_all()\n"
    (tmp_path / "consumer.py").write_text(text, encoding="utf-8")
    found = checker(tmp_path, "generated")
    assert len(found) == (2 if name == "constraints" else 0), "\n".join(found)
    assert all('"title"' in one or '"nothing"' in one for one in found), found
