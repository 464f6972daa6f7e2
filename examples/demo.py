"""The main job in half a minute; ``make demo`` runs it on a throw-away server, whose URL it finds in DATABASE_URL."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import psycopg

PLANTED = "alter table tasks alter column title drop not null"
MENDED = "alter table tasks alter column title set not null"


def main() -> int:
    """Apply, prove, plant a difference, find it, mend it, prove again."""
    version = ask("show server_version")
    say(f"PostgreSQL {version} is running, its database is empty.")
    run("tools apply", 0, tail=3)
    say("Is what the migrations made what the models say? And what the database has?")
    run("tools drift-check", 0)
    say(f"Somebody changes the database by hand: {PLANTED}")
    ask(PLANTED)
    run("tools drift-check", 1)
    say(f"The statement that mends it: {MENDED}")
    ask(MENDED)
    run("tools drift-check", 0)
    say("And the way back: the newest migration is rolled back, and applied again.")
    run("tools rollback --yes", 0)
    run("tools apply", 0)
    say("Done: the server and its files are removed.")
    return 0


def say(sentence: str) -> None:
    """Print what happens next."""
    print(f"\n# {sentence}", flush=True)


def ask(statement: str) -> str:
    """Run one statement, and return its first value, if it has one."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
    return str(row[0]) if row else ""


def run(command: str, expected: int, *, tail: int | None = None) -> None:
    """Run a command of the toolkit as a user would, and stop where it does not end as it should."""
    print(f"$ {command}", flush=True)
    words = [sys.executable, "-m", *shlex.split(command)]
    # With a terminal to read from `apply` would ask, and nobody would see the question in what is captured here.
    nobody, pipe = subprocess.DEVNULL, subprocess.PIPE
    done = subprocess.run(words, stdin=nobody, stdout=pipe, stderr=subprocess.STDOUT, text=True, check=False)
    lines = done.stdout.splitlines()
    if tail is not None and len(lines) > tail:
        lines = [f"... {len(lines) - tail} more", *lines[-tail:]]
    print("\n".join(lines), flush=True)
    if done.returncode != expected:
        sys.exit(f"demo: {command} ended with {done.returncode}, not {expected}")


if __name__ == "__main__":
    sys.exit(main())
