"""Tiny repositories for tests of the runner, and the command line on them."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from psycopg import sql

from tools import cli, config, database, runner
from tools.config import Project
from tools.runner import Applied, Options

Files = Mapping[str, str | tuple[str, str | None]]

A, B, C = "20260101000000_a", "20260102000000_b", "20260103000000_c"
AB: Files = {A: ("create table a (id int)", "drop table a"), B: ("create table b (id int)", "drop table b")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command answered: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


def write_history(directory: Path, files: Files) -> Project:
    """Write migrations, each an up text or a pair of up and down, and return the project they make."""
    folder = directory / "sql" / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    for name, texts in files.items():
        up, down = (texts, None) if isinstance(texts, str) else texts
        (folder / f"{name}.sql").write_text(up, encoding="utf-8", newline="")
        if down is not None:
            (folder / f"{name}.rollback.sql").write_text(down, encoding="utf-8", newline="")
    return config.load(directory)


def apply(url: str, project: Project, **options: Any) -> tuple[Applied, ...]:
    """Apply what is pending, impatiently."""
    return runner.apply(url, project, Options(**{"patience": 10.0, **options}))


def call(project: Project, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
    """Run the command line in this process, in the project's folder, with nothing but `env` about databases."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(project.directory),
        mock.patch.object(sys, "argv", ["tools", *arguments]),
        mock.patch("signal.signal"),
        mock.patch.dict(os.environ, env or {}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as leaving:
            return Answer(code=int(leaving.code or 0), out=out.getvalue(), err=err.getvalue())


def start(project: Project, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command line as a process of its own, in the project's folder."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [sys.executable, "-m", "tools", *arguments]
    return subprocess.Popen(command, cwd=project.directory, text=True, **pipes)


def ended(process: subprocess.Popen[str]) -> Answer:
    """Wait for the process."""
    out, err = process.communicate(timeout=60)
    return Answer(code=process.returncode, out=out or "", err=err or "")


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Ask the database one question, or give it one order."""
    with database.connect(url, application="tests") as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def value(url: str, query: str) -> Any:
    """Return the first column of the first row."""
    return rows(url, query)[0][0]


def relations(url: str) -> set[str]:
    """Return every user relation outside schema_tools, and none of yoyo's: what the files have made."""
    found = rows(
        url,
        "select oid::regclass::text from pg_class where relkind in ('r', 'p', 'v', 'm', 'S', 'i')"
        " and relnamespace not in (select oid from pg_namespace where nspname ~ '^(pg_|information_|schema_tools)')"
        " and relname !~ 'yoyo'",
    )
    return {name for (name,) in found}


def applied(url: str) -> list[str]:
    """Return the ids that yoyo's own table says are applied."""
    if value(url, "select to_regclass('public._yoyo_migration')") is None:
        return []
    return [name for (name,) in rows(url, "select migration_id from public._yoyo_migration order by 1")]


def wait_until(question: Callable[[], Any], *, seconds: float = 20.0) -> Any:
    """Ask until the answer is true."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return answer


def wait_for_query(url: str, words: str) -> int:
    """Wait until a session of the tools runs a query with these words, and return its process id."""
    query = sql.SQL(
        "select pid from pg_stat_activity where state = 'active' and application_name ~ '^tools (apply|rollback)$'"
        " and pid <> pg_backend_pid() and datname = current_database() and position({} in query) > 0"
    ).format(sql.Literal(words))
    found = wait_until(lambda: rows(url, query.as_string()))
    return int(found[0][0])


def wait_for_the_end(url: str) -> None:
    """Wait until no session of a run is there: the server ends it, and its lock, a moment after its client has gone."""
    query = "select pid from pg_stat_activity where application_name ~ '^tools ' and datname = current_database()"
    wait_until(lambda: not rows(url, query))
