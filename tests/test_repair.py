"""What is accepted on purpose: shown, asked for, recorded; and nothing else."""

from __future__ import annotations

from pathlib import Path

from tiny import AB, A, B, applied, apply, call, relations, rows, write_history


def test_nothing_to_repair(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    answer = call(project, "repair", "-u", empty_url)
    assert (answer.code, answer.err) == (0, "nothing to repair\n")


def test_an_edit_is_shown_and_accepted(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    write_history(tmp_path, {A: ("create table a (id int, note text)", "drop table a")})
    assert call(project, "apply", "-u", empty_url).code == 2
    asked = call(project, "repair", "-u", empty_url)
    assert asked.code == 2
    assert "this asks first" in asked.err
    assert call(project, "status", "-u", empty_url).out.startswith(f"edited   {A}")
    done = call(project, "repair", "--yes", "-u", empty_url)
    assert done.code == 0
    assert "-create table a (id int)\n+create table a (id int, note text)" in done.out
    assert call(project, "apply", "-u", empty_url).err == "nothing to apply\n"
    assert call(project, "status", "-u", empty_url).out.startswith(f"applied  {A}")
    assert applied(empty_url) == [A, B]
    assert rows(empty_url, "select operation, raw_hash is not null from schema_tools.log order by log_id") == [
        ("apply", True),
        ("apply", True),
        ("mark", True),
    ]


def test_a_renamed_file_is_recorded_under_its_new_name(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    new = "20260102000000_better_name"
    for suffix in (".sql", ".rollback.sql"):
        (project.migrations / f"{B}{suffix}").rename(project.migrations / f"{new}{suffix}")
    assert "rename it back" in call(project, "apply", "-u", empty_url).err
    answer = call(project, "repair", "--yes", "-u", empty_url)
    assert answer.code == 0
    assert f"{B}: its file is now called {new}" in answer.out
    assert applied(empty_url) == [A, new]
    assert call(project, "apply", "-u", empty_url).err == "nothing to apply\n"


def test_a_file_that_is_gone_is_forgotten_and_its_table_stays(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    for suffix in (".sql", ".rollback.sql"):
        (project.migrations / f"{B}{suffix}").unlink()
    answer = call(project, "repair", "--yes", "-u", empty_url)
    assert answer.code == 0
    assert "what it made stays in the database" in answer.out
    assert applied(empty_url) == [A]
    assert relations(empty_url) == {"a", "b"}


def test_what_yoyo_applied_and_whose_file_is_gone_is_forgotten(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    rows(empty_url, "drop schema schema_tools cascade")
    for suffix in (".sql", ".rollback.sql"):
        (project.migrations / f"{B}{suffix}").unlink()
    answer = call(project, "repair", "--yes", "-u", empty_url)
    assert (answer.code, applied(empty_url)) == (0, [A])
    question = "select migration_id, operation, transactional, executed from schema_tools.log"
    assert rows(empty_url, question) == [(B, "unmark", "true", None)]
