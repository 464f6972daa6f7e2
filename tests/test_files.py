"""What is written is there whole or not at all: on a full disk, beside what was there, through a link or a pipe."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny import AB, write_history

from tools import cache, config, files, migrations, vendor
from tools.errors import Trouble


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow larger than this, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("there", [{}, {"out.json": "old"}])
def test_a_full_disk_leaves_what_was_there(there: dict[str, str], tmp_path: Path) -> None:
    for name, text in there.items():
        (tmp_path / name).write_text(text)
    with room_for(1000), pytest.raises(Trouble, match=r"^cannot write .*/out\.json: File too large$"):
        files.write(tmp_path / "out.json", "new" * 1000)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == there


def test_what_is_there_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    (tmp_path / "out").chmod(0o640)
    (tmp_path / "link").symlink_to("out")
    files.write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "out").read_text() == "new"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_as_the_umask_wants_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "folder" / "out", "new", parents=True)
    finally:
        os.umask(before)
    assert (tmp_path / "folder" / "out").stat().st_mode & 0o777 == 0o640


def test_a_pipe_gets_the_text(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    files.write(Path(f"/dev/fd/{writing}"), "text")
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        assert pipe.read() == "text"


@pytest.mark.parametrize("name", ["link", "folder"])
def test_what_cannot_be_written_is_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Trouble, match=f"^cannot write {tmp_path}/{name}: "):
        files.write(tmp_path / name, "text")
    with pytest.raises(Trouble, match=f"^cannot remove {tmp_path}/none: No such file"):
        files.remove(tmp_path / "none")


def test_a_pair_of_files_is_written_or_none(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    there = sorted(project.migrations.iterdir())
    with room_for(10), pytest.raises(Trouble, match="cannot write"):
        migrations.new(project, "x")
    in_the_way = project.migrations / "folder"
    in_the_way.mkdir()
    with pytest.raises(Trouble, match="cannot write"):
        migrations.write({project.migrations / "up.sql": "select 1", in_the_way: "select 2"})
    assert sorted(project.migrations.iterdir()) == sorted([*there, in_the_way])


def test_a_copy_of_the_models_that_has_no_room_changes_nothing(project: config.Project, tmp_path: Path) -> None:
    wanted = vendor.collect(project)
    vendor.write(project, tmp_path / "db", wanted)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with room_for(1000), pytest.raises(Trouble, match=f"^cannot write {tmp_path}/db: File too large$"):
        vendor.write(project, tmp_path / "db", {**wanted, "base.py": b"# edited" * 1000})
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_cache_without_room_costs_time_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    monkeypatch.setattr("tools.directories.cache_directory", lambda: tmp_path / "cache")
    with room_for(10):
        cache.keep_value("key", list(range(100)))
    assert cache.find_value("key") is None
    cache.keep_value("key", [1])
    assert cache.find_value("key") == [1]
