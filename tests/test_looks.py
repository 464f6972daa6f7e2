"""What an import looks at: each look is seen, and what it saw is told apart from what is there later."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tools
from tools import adopt, looks
from tools.looks import Looks

Write = Callable[[str], Looks]


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Return a function that writes a module, imports it, and returns what that looked at."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SCHEMA", "app")
    (tmp_path / "words.txt").write_text("one", encoding="utf-8")

    def write(text: str) -> Looks:
        (tmp_path / "somebodys_models.py").write_text(
            f"import os\nfrom pathlib import Path\n{text}\n", encoding="utf-8"
        )
        importlib.invalidate_caches()
        with looks.watched() as seen:
            importlib.import_module("somebodys_models")
        return seen

    yield write
    sys.modules.pop("somebodys_models", None)


@pytest.mark.parametrize(
    "text",
    [
        "os.environ['SCHEMA']",
        "os.environ.get('SCHEMA')",
        "'SCHEMA' in os.environ",
        "os.getenv('SCHEMA')",
        "dict(os.environ)",
        "from os import environ as e\n{**e}",
        "os.environb[b'SCHEMA']",
        "def name(key=os.environ):\n    return key.get('SCHEMA')\nname()",
    ],
)
def test_a_variable_is_seen(text: str, watch: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = watch(text)
    assert "SCHEMA" in seen.variables
    stamps = seen.stamps()
    assert looks.same(stamps)
    monkeypatch.setenv("SCHEMA", "other")
    assert not looks.same(stamps)
    monkeypatch.delenv("SCHEMA")
    assert not looks.same(stamps)


def test_a_variable_that_is_not_asked_for_is_none_of_it(watch: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = watch("def later():\n    return os.environ['SCHEMA']")
    assert "SCHEMA" not in seen.variables
    stamps = seen.stamps()
    monkeypatch.setenv("SCHEMA", "other")
    assert looks.same(stamps)


def test_a_value_is_not_written_down(watch: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEMA", "a-password")
    assert "a-password" not in repr(watch("os.environ['SCHEMA']").stamps())


@pytest.mark.parametrize(
    "text",
    [
        "open(Path(__file__).with_name('words.txt')).close()",
        "Path(__file__).with_name('words.txt').read_text()",
        "os.close(os.open(Path(__file__).with_name('words.txt'), os.O_RDONLY))",
    ],
)
def test_a_file_is_seen(text: str, watch: Write, tmp_path: Path) -> None:
    stamps = watch(text).stamps()
    os.utime(tmp_path / "words.txt", (0, 0))
    assert looks.same(stamps)  # a checkout sets the time, and the content counts
    (tmp_path / "words.txt").write_text("two", encoding="utf-8")
    assert not looks.same(stamps)


@pytest.mark.parametrize(
    "text", ["os.listdir(Path(__file__).parent / 'more')", "[*os.scandir(Path(__file__).parent / 'more')]"]
)
def test_a_folder_is_seen(text: str, watch: Write, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    stamps = watch(text).stamps()
    assert looks.same(stamps)
    (tmp_path / "more" / "one").touch()
    assert not looks.same(stamps)


def test_the_modules_themselves_are_seen(watch: Write, tmp_path: Path) -> None:
    seen = watch("")
    stamps = seen.stamps()
    assert str(tmp_path / "somebodys_models.py") in seen.files
    assert any(f"{os.sep}psycopg{os.sep}" in file for file in seen.files)
    assert not any(file.startswith(str(Path(looks.__file__).parent)) for file in seen.files)
    (tmp_path / "one_more.py").touch()
    assert not looks.same(stamps)
    (tmp_path / "one_more.py").unlink()
    assert looks.same(stamps)
    (tmp_path / "somebodys_models.py").unlink()
    assert not looks.same(stamps)


def test_our_own_modules_are_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "adopt", adopt)  # the import below makes another module: both places are put back
    monkeypatch.delitem(sys.modules, "tools.adopt")
    with looks.watched() as seen:
        importlib.import_module("tools.adopt")
    assert not any(file.startswith(looks.OURS) for file in seen.files)


def test_of_what_is_installed_size_and_time_count(tmp_path: Path) -> None:
    module = tmp_path / "site-packages" / "module.py"
    module.parent.mkdir()
    module.write_text("x = 1", encoding="utf-8")
    stamps = Looks(files={str(module)}).stamps()
    assert looks.same(stamps)
    os.utime(module, (0, 0))
    assert not looks.same(stamps)


def test_a_process_and_a_socket_are_elsewhere() -> None:
    with looks.watched() as process:
        subprocess.run(["true"], check=True)
    with looks.watched() as connection, socket.create_server(("127.0.0.1", 0)) as there:
        socket.create_connection(there.getsockname()).close()
    with looks.watched() as nothing:
        pass
    assert (process.elsewhere, connection.elsewhere, nothing.elsewhere) == (True, True, False)


def test_two_may_watch_and_nobody_sees_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEMA", "app")
    with looks.watched() as outer:
        with looks.watched() as inner:
            pass
        assert os.environ["SCHEMA"] == "app"
    assert os.environ["HOME"]
    assert ("SCHEMA" in outer.variables, "SCHEMA" in inner.variables) == (True, False)
    assert "HOME" not in outer.variables
