"""The runners that are measured: where they are installed, how their files lie, and which commands they take."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench import histories

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
PEERS = HERE.parent / "build" / "peers"
MIGRA_REQUIREMENTS = HERE / "requirements-migra.txt"
MIGRA = HERE.parent / "build" / "migra"
PROJECT = Path(sys.executable).parent  # where this project's own command is

Commands = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is; a host that is a folder holds the server's socket."""

    host: str
    port: int
    database: str

    def url(self, scheme: str = "postgresql", socket: str = "host", **more: str) -> str:
        """Return the URL, in the dialect of whoever reads it."""
        if not self.host.startswith("/"):
            query = "&".join(f"{name}={value}" for name, value in more.items())
            return f"{scheme}://postgres@{self.host}:{self.port}/{self.database}" + (f"?{query}" if query else "")
        query = "&".join(f"{name}={quote(value, safe='/')}" for name, value in {socket: self.host, **more}.items())
        return f"{scheme}://postgres@/{self.database}?{query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """One runner: its files, and the command of each verb; `per_file` where it rolls back one file a process."""

    name: str
    write: histories.Write
    command: Callable[[str, Path, Address], tuple[str, ...]]
    verbs: tuple[str, ...] = ("apply", "status", "rollback")
    per_file: bool = False


def _ours(verb: str, folder: Path, at: Address) -> tuple[str, ...]:
    more = {"apply": ("--yes",), "rollback": ("--yes", "-n", "100000")}.get(verb, ())
    return (str(PROJECT / "tools"), "-C", str(folder), verb, "--url", at.url(), *more)


def _yoyo(verb: str, folder: Path, at: Address) -> tuple[str, ...]:
    name, more = {"apply": ("apply", ()), "status": ("list", ()), "rollback": ("rollback", ("--all",))}[verb]
    command = (str(PEERS / "bin" / "yoyo"), name, "--batch", "--no-config-file", "--database")
    return (*command, at.url("postgresql+psycopg"), *more, str(folder / "sql" / "migrations"))


def _dbmate(verb: str, folder: Path, at: Address, *options: str) -> tuple[str, ...]:
    name = {"apply": "migrate"}.get(verb, verb)
    command = (str(PEERS / "bin" / "dbmate"), "--no-dump-schema", *options, "--migrations-dir", str(folder / "db"))
    return (*command, "--url", at.url("postgres", "socket", sslmode="disable"), name)


def _dbmate_locking(verb: str, folder: Path, at: Address) -> tuple[str, ...]:
    return _dbmate(verb, folder, at, "--migration-lock")


def _alembic(verb: str, folder: Path, at: Address) -> tuple[str, ...]:
    words = {"apply": "upgrade head", "status": "history --indicate-current", "rollback": "downgrade base"}[verb]
    command = ("env", f"DATABASE_URL={at.url('postgresql+psycopg')}", str(PEERS / "bin" / "alembic"))
    return (*command, "--config", str(folder / "alembic.ini"), *words.split())


def _floor(verb: str, folder: Path, at: Address) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "floor.py"), verb, at.url(), str(folder / "sql" / "migrations"))


def _floor_of_four(verb: str, folder: Path, at: Address) -> tuple[str, ...]:
    return _floor({"apply": "apply4"}.get(verb, verb), folder, at)


OURS = Runner(name="tools", write=histories.write_pairs, command=_ours)
YOYO = Runner(name="yoyo", write=histories.write_pairs, command=_yoyo)
DBMATE = Runner(name="dbmate", write=histories.write_sections, command=_dbmate, per_file=True)
DBMATE_LOCKING = Runner(name="dbmate --migration-lock", write=histories.write_sections, command=_dbmate_locking)
ALEMBIC = Runner(name="alembic", write=histories.write_revisions, command=_alembic)
FLOOR = Runner(
    name="floor: one message a file", write=histories.write_pairs, command=_floor, verbs=("apply", "rollback")
)
FLOOR_OF_FOUR = Runner(
    name="floor: begin, file, row, commit", write=histories.write_pairs, command=_floor_of_four, verbs=("apply",)
)


def install(requirements: Path = REQUIREMENTS, place: Path = PEERS) -> dict[str, str]:
    """Install the peers where they are not, and return the version of each."""
    stamp = place / hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    if not stamp.exists():
        venv.create(place, clear=True, with_pip=True)
        pip = (str(place / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check")
        done = subprocess.run([*pip, "--requirement", str(requirements)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"cannot install the peers: {done.stderr.strip()}")
        stamp.touch()
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return {name.lower(): version for name, _, version in (line.partition("==") for line in lines) if version}
