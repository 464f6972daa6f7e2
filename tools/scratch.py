"""Throw-away databases: on the embedded server, or on a server given by URL, and the history replayed into them."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import conninfo, errors, sql

from tools import database
from tools.config import Project
from tools.errors import Trouble
from tools.history import Step
from tools.ledger import order
from tools.migrations import Migration

if TYPE_CHECKING:  # a comparison of what is cached starts no server
    from tools import server

REPLAYED = "replayed"  # the database inside a cached data directory
ON_SCRATCH = "this was a scratch database: no other was changed"  # the state of things after a failure
# A database cannot be dropped as long as it has a subscription; what it had on the publisher is not ours to drop
FORGET = """
do $$
declare
  name text;
begin
  for name in
    select quote_ident(s.subname)
    from pg_subscription as s
    join pg_database as d on d.oid = s.subdbid
    where d.datname = current_database()
  loop
    execute 'alter subscription ' || name || ' disable';
    execute 'alter subscription ' || name || ' set (slot_name = none)';
    execute 'drop subscription ' || name;
  end loop;
end
$$
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which server makes scratch databases: a URL of one that may create them, else an embedded one."""

    url: str | None = None
    bindir: Path | None = None


def configured(url: str | None, bindir: str | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of the options, else of ``TOOLS_SCRATCH_URL`` and ``TOOLS_SCRATCH_BINDIR``."""
    directory = bindir or environ.get("TOOLS_SCRATCH_BINDIR")
    return Settings(url=url or environ.get("TOOLS_SCRATCH_URL"), bindir=Path(directory) if directory else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A server to make databases on; they end with the cluster. `replayed` names one that holds the history.

    `programs` is the directory of its programs, where they are on this machine.
    """

    url: Callable[[str], str]
    databases: list[str]
    replayed: str | None = None
    programs: Path | None = None

    def create(self, *, template: str | None = None) -> str:
        """Create a database, empty or as a copy, and return its URL."""
        name = f"scratch_{secrets.token_hex(6)}"
        with database.connect(self.url("postgres"), application="tools scratch") as connection:
            statement = sql.SQL("create database {} template {} encoding 'utf8'").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
            try:
                # copying files is two to three times faster than WAL where nothing is synced
                connection.execute(statement + sql.SQL(" strategy file_copy"))
            except errors.InsufficientPrivilege as error:
                raise Trouble(
                    "the role may not create scratch databases: alter role ... createdb, or another --scratch-url"
                ) from error
        self.databases.append(name)
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database that `create` made, and whoever is connected to it."""
        name = str(database.parse(url)["dbname"])
        _drop(self, name)
        self.databases.remove(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What is put into a replayed database, which is cached with it; `key` is the hash of all that it depends on."""

    key: str
    fill: Callable[[str], object]


@contextmanager
def cluster(
    settings: Settings,
    *,
    project: Project | None = None,
    steps: tuple[Step, ...] = (),
    filling: Filling | None = None,
) -> Iterator[Cluster]:
    """Open a server for scratch databases; with a project, `replayed` names a database that holds its history.

    On the embedded server the replayed history comes from a data directory cached by the content of the files.
    """
    if settings.url is not None:
        yield from _given_cluster(settings.url, project, steps, filling)
        return
    from tools import server

    binaries = server.find_binaries(settings.bindir)
    if project is None:
        with server.start(binaries=binaries) as running:
            yield Cluster(url=running.url, databases=[], programs=binaries.directory)
        return

    def prepare(fresh: server.Server) -> None:
        with database.connect(fresh.url(), application="tools scratch") as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(REPLAYED)))
        fill(fresh.url(REPLAYED), project, steps)
        if filling is not None:
            filling.fill(fresh.url(REPLAYED))

    whole = key(project, steps) + (filling.key if filling else "")
    with server.start(binaries=binaries, key=whole, prepare=prepare) as running:
        yield Cluster(url=running.url, databases=[], replayed=REPLAYED, programs=binaries.directory)


def fill(url: str, project: Project, steps: tuple[Step, ...]) -> None:
    """Load the contracts of ``sql/external`` into an empty database, and replay the steps on them."""
    with database.connect(url, application="tools scratch") as connection:
        load_folder(connection, project, project.external)
    replay(url, project, steps)


def replay(url: str, project: Project, steps: tuple[Step, ...]) -> None:
    """Run the steps as they are given; a failure says that no other database was changed."""
    from tools import runner
    from tools.failure import Failed

    try:
        runner.replay(url, project, steps)
    except Failed as failed:
        failed.state = ON_SCRATCH
        raise


def load_folder(
    connection: database.Connection, project: Project, folder: Path, *, state: str = ON_SCRATCH
) -> tuple[Path, ...]:
    """Run every SQL file of a folder, each in one message; a folder that is not there has none."""
    files = tuple(sorted(folder.glob("*.sql"))) if folder.is_dir() else ()
    for path in files:
        load_file(connection, project, path, state=state)
    return files


def load_file(connection: database.Connection, project: Project, path: Path, *, state: str = ON_SCRATCH) -> None:
    """Run one SQL file in one message; a failure names file, line and column, and rolls back what is open."""
    from tools.failure import explain
    from tools.message import send
    from tools.migrations import read_script

    script = read_script(project, path)
    outcome = send(connection, script.text)
    if outcome.error is not None:
        if not connection.broken:
            connection.rollback()
        raise explain(
            project,
            script,
            outcome,
            statement=outcome.done,
            state=state,
        )


def steps_of(migrations: tuple[Migration, ...], only: frozenset[str] | None = None) -> tuple[Step, ...]:
    """Return the steps that replay the history, or those of it whose ids are in `only`."""
    return tuple(
        Step(migration=migration, operation="apply")
        for migration in order(migrations)
        if only is None or migration.id in only
    )


def key(project: Project, steps: tuple[Step, ...]) -> str:
    """Return the hash of all that a replay runs: the contracts and the files, in their order."""
    digest = hashlib.sha256(project.ledger_schema.encode())
    if project.external.is_dir():
        for path in sorted(project.external.glob("*.sql")):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for step in steps:
        digest.update(f"{step.migration.id}\0{step.operation}\0{step.script.raw_hash}\0".encode())
    return digest.hexdigest()


def _given_cluster(
    url: str, project: Project | None, steps: tuple[Step, ...], filling: Filling | None
) -> Iterator[Cluster]:
    made = Cluster(url=lambda name: with_database(url, name) if name != "postgres" else url, databases=[])
    try:
        if project is not None:
            first = made.create()
            fill(first, project, steps)
            if filling is not None:
                filling.fill(first)
            made = Cluster(url=made.url, databases=made.databases, replayed=made.databases[0])
        yield made
    finally:
        _drop_all(made)


def _drop_all(cluster: Cluster) -> None:
    """Drop what was made; where the server has gone meanwhile, say what it will still have when it is back."""
    left = list(cluster.databases)
    try:
        while left:
            _drop(cluster, left[-1])
            left.pop()
    except (Trouble, psycopg.OperationalError) as error:
        raise Trouble(f"the scratch server went away, and keeps {', '.join(sorted(left))}: drop them there") from error


def _drop(cluster: Cluster, name: str) -> None:
    statement = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    with database.connect(cluster.url("postgres"), application="tools scratch") as connection:
        try:
            connection.execute(statement)
        except errors.ObjectInUse:  # a subscription holds on to its database
            with database.connect(cluster.url(name), application="tools scratch") as inside:
                inside.execute(FORGET)
            connection.execute(statement)


def with_database(url: str, name: str) -> str:
    """Return the same connection string for another database of the server."""
    parts = urlsplit(url)
    if parts.scheme:
        return urlunsplit(parts._replace(path=f"/{name}"))
    try:
        return conninfo.make_conninfo(url, dbname=name)
    except psycopg.ProgrammingError as error:
        raise Trouble("the scratch URL cannot be read: it takes postgresql://user@host/database") from error
