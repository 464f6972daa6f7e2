"""Where a scene plays: one runner, its files in a folder, a database of its own, and what can be seen of them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.histories import Change, stamp
from bench.meter import Bench
from bench.peers import Address, Runner

TIMEOUT = 20.0  # seconds; a runner that takes longer in a scene hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a command ended: exit code, seconds, all that it said."""

    code: int
    seconds: float
    said: str

    def __str__(self) -> str:
        """What a cell says of it."""
        if self.code < 0:
            return f"hangs (stopped after {self.seconds:.0f} s)"
        late = f" after {self.seconds:.0f} s" if self.seconds > 4 else ""
        return f"exit {self.code}{late}"


def change(number: int, name: str, up: str, down: str = "select 1;", *, transactional: bool = True) -> Change:
    """Return one migration of a scene."""
    return Change(stamp=stamp(number), name=name, up=f"{up}\n", down=f"{down}\n", transactional=transactional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One runner and what it works on."""

    bench: Bench
    runner: Runner
    folder: Path
    at: Address

    def write(self, *changes: Change) -> None:
        """Write migrations, or write them again."""
        self.runner.write(self.folder, changes)

    def deploy(self) -> None:
        """Apply a first migration, as every database but a new one has it: the ledger is there, too."""
        self.write(change(0, "first", "create table first (id int);"))
        self.run()

    def start(self, verb: str = "apply", at: Address | None = None) -> subprocess.Popen[str]:
        """Start a command, and do not wait for it."""
        command = self.runner.command(verb, self.folder, at or self.at)
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(command, text=True, errors="replace", **pipes)

    def run(self, verb: str = "apply", at: Address | None = None) -> Run:
        """Run a command to its end."""
        return ended([self.start(verb, at)])[0]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database one question, or give it orders."""
        with psycopg.connect(self.at.url(), autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []

    def value(self, question: str) -> Any:
        """Return the first column of the first row."""
        return self.ask(question)[0][0]

    def hold(self, statement: str) -> psycopg.Connection[Any]:
        """Return a session with an open transaction that has run the statement."""
        connection = psycopg.connect(self.at.url())
        connection.execute(statement.encode())
        return connection

    def wait_for(self, words: str) -> int:
        """Wait until another session runs a query with these words, and return its process id."""
        query = sql.SQL(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and state = 'active' and position({} in query) > 0 and backend_type = 'client backend'"
        ).format(words)
        return int(self.wait_until(lambda: self.ask(query.as_string())))

    def wait_until(self, question: Callable[[], Any]) -> Any:
        """Ask until there is an answer; 0 where there is none in ten seconds."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if answer := question():
                return answer[0][0]
            time.sleep(0.02)
        return 0

    def index(self, name: str) -> str:
        """Return what has become of an index: valid, INVALID or missing."""
        found = self.ask(f"select indisvalid from pg_index where indexrelid = to_regclass('{name}')")
        return ("valid" if found[0][0] else "INVALID") if found else "missing"

    def has(self, name: str) -> bool:
        """Tell whether a relation is there."""
        return bool(self.value(f"select to_regclass('{name}') is not null"))

    def recorded(self, one: Change) -> bool:
        """Tell whether the runner's own ledger has the migration."""
        ledgers = {"_yoyo_migration": "migration_id", "schema_migrations": "version"}
        for table, column in ledgers.items():
            if self.has(f"public.{table}"):
                wanted = one.stamp if table == "schema_migrations" else one.id
                question = f"select count(*) from public.{table} where {column} = '{wanted}'"
                return bool(self.value(question))
        return False


def ended(processes: Sequence[subprocess.Popen[str]]) -> list[Run]:
    """Wait for processes that run at the same time."""
    started = time.monotonic()
    runs = []
    for process in processes:
        try:
            said, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
        runs.append(Run(code=process.returncode, seconds=time.monotonic() - started, said=said))
    return runs
