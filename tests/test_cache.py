"""What is kept from one run to the next: found as it was, and only where nothing that it was made of has changed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from tools import cache
from tools.catalog import Catalog
from tools.kinds import Enum, Table

FOUND = Catalog(
    server_version="18.1",
    tables=(Table(name="app.t", parents=("schema app",), columns=("a", "b")),),
    enums=(Enum(name="app.ä", parents=("schema app",), labels=("x", 'y"', "ö")),),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "_folder", lambda: tmp_path)
    return tmp_path


def test_what_is_kept_is_found_as_it_was() -> None:
    cache.keep("name", FOUND)
    found = cache.find("name")
    assert found == FOUND
    assert found.server_version == "18.1"
    assert found.enums[0].parents == ("schema app",)


def test_what_is_not_there_or_damaged_is_made_again(folder: Path) -> None:
    assert cache.find("name") is None
    for damage in ("", "[]", "{}", '{"files": {}, "rows": {}, "server_version": ""}', '{"files": [], "rows": 1}'):
        (folder / "name.json").write_text(damage, encoding="utf-8")
        assert cache.find("name") is None


def test_the_key_is_of_every_part_and_of_our_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.key("a", "b") == cache.key("a", "b")
    keys = {cache.key("a", "b"), cache.key("ab"), cache.key("b", "a")}
    monkeypatch.setattr(cache, "_code", lambda: "other")
    assert len(keys | {cache.key("a", "b")}) == 4


def test_a_file_that_changed_makes_it_unfit(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    module = package / "module.py"
    module.write_text("x = 1", encoding="utf-8")
    cache.keep("name", FOUND, [str(module), str(package)])
    os.utime(module, (0, 0))
    assert cache.find("name") == FOUND  # a checkout sets the time, and the content counts
    module.write_text("x = 2", encoding="utf-8")
    assert cache.find("name") is None
    module.write_text("x = 1", encoding="utf-8")
    assert cache.find("name") == FOUND
    (package / "one_more.py").write_text("", encoding="utf-8")
    assert cache.find("name") is None
    (package / "one_more.py").unlink()
    module.unlink()
    assert cache.find("name") is None


def test_of_what_is_installed_size_and_time_count(tmp_path: Path) -> None:
    module = tmp_path / "site-packages" / "module.py"
    module.parent.mkdir()
    module.write_text("x = 1", encoding="utf-8")
    cache.keep("name", FOUND, [str(module)])
    assert cache.find("name") == FOUND
    os.utime(module, (0, 0))
    assert cache.find("name") is None


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("no environment is opened (here)", True),
        ("os.environ['SCHEMA']", False),
        ("def later(): return os.environ['SCHEMA']  # not on import", True),
        ("def later(): return os.environ['SCHEMA']  # not on import\nos.environ['SCHEMA']", False),
        ("from os import getenv", False),
        ("with open(path) as file:", False),
        ("Path(here).read_text()", False),
        ("class Settings(BaseSettings):", False),
    ],
)
def test_models_that_look_at_more_than_files_are_not_kept(
    text: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = frozenset(sys.modules)
    module = ModuleType("somebodys_models")
    module.__file__ = str(tmp_path / "somebodys_models.py")
    Path(module.__file__).write_text(text, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "somebodys_models", module)
    files = cache.imported(before)
    assert (files is not None) is fits
    if files is not None:
        assert {module.__file__, str(tmp_path)} <= files
        assert any("psycopg" in file for file in files)


def test_our_own_modules_are_in_the_key_and_may_look_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = frozenset(sys.modules)
    module = ModuleType("tools.somebody")
    module.__file__ = str(tmp_path / "somebody.py")
    Path(module.__file__).write_text("os.environ['SCHEMA']", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "tools.somebody", module)
    files = cache.imported(before)
    assert files is not None
    assert module.__file__ not in files


def aged(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_the_oldest_go_unless_they_were_used_lately(folder: Path) -> None:
    for number in range(10):
        cache.keep(str(number), FOUND)
    for number in range(8):
        aged(folder / f"{number}.json", 2 * cache.IDLE + number)
    cache.find("7")
    cache.prune(most=4)
    assert {path.stem for path in folder.iterdir()} == {"0", "7", "8", "9"}
    cache.prune(most=0)
    assert {path.stem for path in folder.iterdir()} == {"7", "8", "9"}


def test_two_may_prune_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        cache.keep(str(number), FOUND)
        aged(folder / f"{number}.json", 2 * cache.IDLE)
    unlink = Path.unlink

    def after_another(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", after_another)
    cache.prune(most=1)
    assert len(list(folder.iterdir())) == 1


def test_what_goes_while_it_is_looked_at_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep("name", FOUND)
    listed = [folder / "gone.json", folder / "name.json"]
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(listed))
    cache.prune(most=0)
    assert cache.find("name") == FOUND
