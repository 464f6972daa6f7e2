"""What is kept from one run to the next: found as it was, and only where nothing that it was made of has changed."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from tools import cache
from tools.catalog import Catalog, count
from tools.kinds import Enum, Table
from tools.looks import Looks

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
    for damage in ("", "[]", "{}", '{"stamps": {}}\n{}', '{"checksum": 0, "stamps": 1}'):
        (folder / "name.json").write_text(damage, encoding="utf-8")
        assert cache.find("name") is None


def test_a_kept_catalog_that_lost_its_end_is_made_again(folder: Path) -> None:
    cache.keep("name", FOUND)
    path = folder / "name.json"
    path.write_bytes(path.read_bytes()[:-1])
    assert cache.find("name") is None


def test_rows_are_parsed_when_one_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep("name", replace(FOUND, digests=("1", "2")))
    parsed = mock.Mock(side_effect=cache._rows)
    monkeypatch.setattr(cache, "_rows", parsed)
    found = cache.find("name")
    assert found is not None
    assert (found.digests, count(found), parsed.call_count) == (("1", "2"), 2, 0)
    assert (found.tables, found.enums) == (FOUND.tables, FOUND.enums)
    assert parsed.call_count == 1


def test_the_key_is_of_every_part_and_of_our_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.key("a", "b") == cache.key("a", "b")
    keys = {cache.key("a", "b"), cache.key("ab"), cache.key("b", "a")}
    monkeypatch.setattr(cache, "_code", lambda: "other")
    assert len(keys | {cache.key("a", "b")}) == 4


def test_what_was_looked_at_must_be_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "module.py"
    module.write_text("x = 1", encoding="utf-8")
    monkeypatch.setenv("SCHEMA", "app")
    cache.keep("name", FOUND, Looks(files={str(module)}, variables={"SCHEMA"}))
    assert cache.find("name") == FOUND
    monkeypatch.setenv("SCHEMA", "other")
    assert cache.find("name") is None
    monkeypatch.setenv("SCHEMA", "app")
    assert cache.find("name") == FOUND
    module.write_text("x = 2", encoding="utf-8")
    assert cache.find("name") is None


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
