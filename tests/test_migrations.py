"""The files of a migration: what is read from their names and headers, and what `new` writes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tiny import AB, A, call, write_history

from tools import migrations
from tools.config import Project
from tools.errors import Trouble
from tools.migrations import Script

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def script(directory: Path, text: str) -> Script:
    return migrations.read(write_history(directory, {A: text}))[0].up


@pytest.mark.parametrize(
    ("text", "transactional"),
    [
        ("select 1", "true"),
        ("-- transactional: false\nselect 1", "false"),
        ("--transactional:false\nselect 1", "false"),
        ("-- transactional: true\nselect 1", "true"),
        ("-- transactional: own\nbegin", "own"),
        ("/* licence */\n\n-- why\n-- transactional: false\nselect 1", "false"),
        ("-- transactional: false\r\nselect 1\r\n", "false"),
        ("-- this file is transactional: it is not split\nselect 1", "true"),
        ("select $$\n-- transactional is a word here: false\n$$", "true"),
    ],
)
def test_the_header_says_how_a_file_runs(text: str, transactional: str, tmp_path: Path) -> None:
    assert script(tmp_path, text).transactional == transactional


def test_the_header_says_what_a_file_is(tmp_path: Path) -> None:
    text = "-- Add a table.\n--\n-- why: we need it\n-- risk: low\n-- phase: expand\ncreate table a (id int);"
    read = script(tmp_path, text)
    assert (read.title, read.risk, read.phase, read.depends) == ("Add a table.", "low", "expand", ())
    assert script(tmp_path, "-- risk: none worth a word\nselect 1").risk is None


def test_an_up_and_its_down_may_differ(tmp_path: Path) -> None:
    down = "-- transactional: false\ndrop index concurrently i"
    found = migrations.read(write_history(tmp_path, {A: ("create index i on t (id)", down)}))[0]
    assert found.down is not None
    assert (found.up.transactional, found.down.transactional) == ("true", "false")


def test_a_byte_order_mark_counts_in_the_raw_hash_only(tmp_path: Path) -> None:
    plain = script(tmp_path, "select 1")
    marked = script(tmp_path, "\ufeffselect 1")
    assert marked.text == plain.text
    assert marked.raw_hash != plain.raw_hash
    assert marked.token_hash() == plain.token_hash()


def test_new_writes_a_pair_that_can_be_read(tmp_path: Path) -> None:
    project = Project(directory=tmp_path, migrations=tmp_path / "sql" / "migrations")
    up, down = migrations.new(project, "Add due_date to Tasks", now=NOW)
    assert (up.name, down.name) == (
        "20260304050607_add_due_date_to_tasks.sql",
        "20260304050607_add_due_date_to_tasks.rollback.sql",
    )
    found = migrations.read(project)
    assert [one.id for one in found] == ["20260304050607_add_due_date_to_tasks"]
    assert (found[0].up.title, found[0].up.risk) == ("Add due date to tasks.", "low")
    assert down.read_text() == "-- Undo: add due date to tasks.\n\n"


def test_new_is_never_late(tmp_path: Path) -> None:
    project = Project(directory=tmp_path, migrations=tmp_path / "sql" / "migrations")
    names = [migrations.new(project, "again", now=NOW)[0].name for _ in range(3)]
    assert names == ["20260304050607_again.sql", "20260304050608_again.sql", "20260304050609_again.sql"]
    (project.migrations / "20991231235959_far.sql").touch()
    assert migrations.new(project, "next", now=NOW)[0].name == "21000101000000_next.sql"
    (project.migrations / "30000000000000_no_date.sql").touch()
    assert migrations.new(project, "next", now=NOW)[0].name == "30000000000001_next.sql"


def test_new_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="makes no file name: use letters and digits"):
        migrations.new(Project(directory=tmp_path, migrations=tmp_path), "!?")
    answer = call(write_history(tmp_path, AB), "new", "first step")
    assert answer.code == 0
    assert [line.rpartition("_first_step")[2] for line in answer.out.splitlines()] == [".sql", ".rollback.sql"]


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\u202eb", "caf\udce9"])
def test_a_name_that_cannot_be_shown_is_refused(name: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    Path(os.fsdecode(os.fsencode(project.migrations / f"20260105000000_{name}.sql"))).touch()
    with pytest.raises(Trouble, match="a name with characters that cannot be shown: rename it") as caught:
        migrations.read(project)
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"select 1;\n-- caf\xe9\n", r"_a\.sql:2: byte 0xe9 is not UTF-8: save the file as UTF-8"),
        ("select 1".encode("utf-16"), r"_a\.sql is UTF-16: save it as UTF-8"),
        (b"select 1;\n\0", r"_a\.sql:2: there is a NUL byte, which no SQL text can hold: delete it"),
    ],
)
def test_a_file_that_is_no_text_is_refused(raw: bytes, sentence: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    (project.migrations / f"{A}.sql").write_bytes(raw)
    with pytest.raises(Trouble, match=sentence):
        migrations.read(project)


@pytest.mark.parametrize("target", ["nowhere", f"{A}.sql"])
def test_a_link_that_leads_nowhere_is_trouble(target: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    (project.migrations / f"{A}.sql").unlink()
    (project.migrations / f"{A}.sql").symlink_to(target)
    with pytest.raises(Trouble, match=r"^cannot read sql/migrations/20260101000000_a\.sql: "):
        migrations.read(project)


@pytest.mark.parametrize("name", ["quote'\"x", "back\\slash", "%s{}%(x)s", "é😀", "with space", "-leading", "x" * 215])
def test_any_other_name_is_applied_and_rolled_back(name: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {f"20260101000000_{name}": ("create table a (id int)", "drop table a")})
    assert call(project, "apply", "-u", empty_url).out.startswith(f"20260101000000_{name}: applied in ")
    assert call(project, "status", "-u", empty_url).out.startswith(f"applied  20260101000000_{name}  ")
    assert call(project, "rollback", "--yes", "-u", empty_url).code == 0


def test_a_pipe_in_place_of_a_file_is_trouble(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    os.mkfifo(project.migrations / "20260105000000_pipe.sql")
    with pytest.raises(Trouble, match=r"_pipe\.sql is a pipe or a device, which may never end: make it a file"):
        migrations.read(project)


def test_what_nobody_takes_for_a_migration_is_passed_over(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    (project.migrations / "notes").mkdir()
    for name in ("._20260103000000_c.sql", "README.md", "__init__.py", ".gitkeep"):
        (project.migrations / name).write_text("none")
    assert [one.id for one in migrations.read(project)] == list(AB)


def test_a_folder_in_place_of_a_file_is_trouble(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    (project.migrations / "20260103000000_c.sql").mkdir()
    with pytest.raises(Trouble, match=r"cannot read sql/migrations/20260103000000_c.sql: Is a directory"):
        migrations.read(project)
