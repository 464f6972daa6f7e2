"""Directories of our own: where they are, who owns them, and what is refused."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from tools import directories, server
from tools.errors import Trouble

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    directory = _public_directory()
    monkeypatch.setenv("TOOLS_CACHE_DIR", str(directory / "made" / "here"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory))
    assert server.cache_directory() == directory / "made" / "here"
    monkeypatch.delenv("TOOLS_CACHE_DIR")
    assert server.cache_directory() == directory / "schema-tools"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (directory / "made", directory / "schema-tools")} == {
        0o711 if ROOT else 0o700
    }
    shutil.rmtree(directory)


def test_a_directory_has_its_name_only_when_its_mode_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    directory = _public_directory()
    chmod, named = Path.chmod, []

    def watched(path: Path, mode: int) -> None:
        named.append((directory / "new").exists())
        chmod(path, mode)

    monkeypatch.setattr(Path, "chmod", watched)
    assert directories.own(directory / "new") == directory / "new"
    assert named == [False]
    shutil.rmtree(directory)


def test_a_directory_that_another_made_meanwhile_is_taken() -> None:
    directory = _public_directory()
    path = directory / "new"
    (path / "theirs").mkdir(parents=True)
    directories._make(path)
    assert [entry.name for entry in directory.iterdir()] == ["new"]
    assert (path / "theirs").exists()
    shutil.rmtree(directory)


def test_without_a_home_the_cache_is_below_the_temporary_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    directory = _public_directory()
    monkeypatch.delenv("TOOLS_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nothing-can-be-made-here")
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    *_, last = directories._cache_candidates()
    assert last == directory / f"schema-tools-{os.geteuid()}"
    monkeypatch.setattr(directories, "_cache_candidates", lambda: (Path("/proc/nothing/schema-tools"), last))
    assert server.cache_directory() == last
    shutil.rmtree(directory)


def test_a_cache_that_cannot_be_made_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLS_CACHE_DIR", "/proc/nothing/here")
    with pytest.raises(Trouble, match="cannot use TOOLS_CACHE_DIR /proc/nothing/here: "):
        server.cache_directory()


@pytest.mark.parametrize("planted", ["foreign", "link", "writable", "file"])
def test_a_cache_that_somebody_else_can_fill_is_refused(planted: str) -> None:
    if planted == "foreign" and not ROOT:
        pytest.skip("only root can give a directory away")
    directory = _public_directory()
    path = directory / f"schema-tools-{os.geteuid()}"
    if planted == "foreign":
        path.mkdir()
        os.chown(path, 65534, 65534)
    elif planted == "link":
        (directory / "elsewhere").mkdir(mode=0o700)
        path.symlink_to(directory / "elsewhere", target_is_directory=True)
    elif planted == "writable":
        path.mkdir()
        path.chmod(0o777)
    else:
        path.touch()
    before = path.stat()
    with pytest.raises(Trouble, match=r"not a directory of ours|others can write"):
        directories.own(path)
    assert (path.stat().st_mode, path.stat().st_uid) == (before.st_mode, before.st_uid)
    shutil.rmtree(directory)


@needs_root
def test_root_trusts_no_cache_below_a_directory_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = _public_directory(uid=65534)
    monkeypatch.setenv("TOOLS_CACHE_DIR", str(theirs / "cache"))
    with pytest.raises(Trouble, match=r"somebody else than root"):
        server.cache_directory()
    monkeypatch.delenv("TOOLS_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(theirs))
    assert theirs not in server.cache_directory().parents
    shutil.rmtree(theirs)


@needs_root
def test_root_says_so_when_the_server_cannot_enter_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Path(tempfile.mkdtemp())
    monkeypatch.setenv("TOOLS_CACHE_DIR", str(closed / "cache"))
    with pytest.raises(Trouble, match="nobody, who cannot enter"):
        server.cache_directory()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    closed.rmdir()


def _public_directory(uid: int = -1) -> Path:
    """Make a directory that others may pass through, as a cache of root's needs it."""
    path = Path(tempfile.mkdtemp(prefix="schema-tools-test-")).resolve()
    path.chmod(0o711)
    os.chown(path, uid, -1)
    return path


def test_a_place_that_goes_while_we_look_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stays, goes = (tmp_path / f"{directories.place_prefix()}{name}" for name in ("stays", "goes"))
    stays.mkdir()
    monkeypatch.setattr(directories, "_running_roots", lambda: iter([tmp_path]))
    monkeypatch.setattr(Path, "glob", lambda _self, _pattern: iter([goes, stays]))
    assert list(directories.places()) == [stays]
