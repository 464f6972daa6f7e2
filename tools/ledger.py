"""The ledger: yoyo's tables, which say what is applied, and our log beside them, which says what ran.

The only module that imports yoyo: its tables are made by yoyo's own code, and files with ``-- depends:`` are put in
order by it.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, LiteralString

from psycopg import errors, sql

from tools import __version__, database
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.migrations import Migration, Script

Operation = Literal["apply", "rollback", "mark", "unmark"]

YOYO_TABLES = ("_yoyo_migration", "_yoyo_log", "_yoyo_version", "yoyo_lock")
KEEP_EXECUTED = 1_000_000  # characters; a file of data is in the repository, its hashes are enough here

READ: LiteralString = """
set local lock_timeout = '2s';
with latest as (
  select distinct on (migration_id) *
  from schema_tools.log
  order by migration_id, log_id desc
)
select
  coalesce(applied.migration_id, latest.migration_id) as id,
  applied.migration_id is not null as applied,
  pg_catalog.to_char(applied.applied_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') as applied_at,
  latest.operation,
  latest.raw_hash,
  latest.token_hash,
  latest.late,
  latest.finished_at is null and latest.log_id is not null as unfinished,
  latest.log_id
from {migration} as applied
full join latest on latest.migration_id = applied.migration_id
where applied.migration_id is not null
  or latest.finished_at is null
order by 1
"""
READ_YOYO: LiteralString = """
set local lock_timeout = '2s';
select migration_id, true, pg_catalog.to_char(applied_at_utc, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
  null, null, null, null, false, null
from {migration}
order by 1
"""

ADD = "insert into {migration} values ({hash}, {id}, {now});\n"
REMOVE = """\
with removed as (delete from {migration} where migration_hash = {hash} returning 1)
select 1 / pg_catalog.count(*) from removed;
"""
INTENT = """\
insert into schema_tools.log (
  migration_id, statements_done,
  operation, raw_hash, token_hash, executed, transactional, late, operator, host, tool_version, git_commit
)
values (
  {id}, {done},
  {operation}, {raw_hash}, {token_hash}, {executed}, {transactional}, {late}, {operator}, {host}, {version}, {commit}
);
"""
ENTRY = """\
insert into schema_tools.log (
  migration_id, started_at, finished_at,
  operation, raw_hash, token_hash, executed, transactional, late, operator, host, tool_version, git_commit
)
values (
  (select {id} where {not_}exists (select from {migration} where migration_hash = {hash})),
  pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(),
  {operation}, {raw_hash}, {token_hash}, {executed}, {transactional}, {late}, {operator}, {host}, {version}, {commit}
);
"""
LOG = """\
insert into {log} (id, migration_hash, migration_id, operation, username, hostname, created_at_utc)
values ({uuid}, {hash}, {id}, {operation}, {user}, {host}, {now});
"""
# A log that an earlier version made, by a role that may not bring it up to date, is taken as it is
COMPLETE = """
select
  pg_catalog.to_regclass(pg_catalog.format('%%I._yoyo_migration', %(schema)s::text)) is not null
  and pg_catalog.to_regclass(pg_catalog.format('%%I.yoyo_lock', %(schema)s::text)) is not null
  and exists (
    select from pg_catalog.pg_class as log
    where log.oid = pg_catalog.to_regclass('schema_tools.log')
      and (not pg_catalog.pg_has_role(log.relowner, 'usage') or exists (
        select from pg_catalog.pg_attribute
        where attrelid = log.oid and attname = 'refused' and not attisdropped
      ))
  )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger says of one migration; the hashes are None where yoyo itself, or nobody's tool, recorded it."""

    id: str
    applied: bool
    applied_at: str | None = None
    operation: Operation | None = None
    raw_hash: str | None = None
    token_hash: str | None = None
    late: bool | None = None
    unfinished: bool = False
    log_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The whole ledger; `complete` is False where our log cannot be read."""

    entries: tuple[Entry, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs, from where, with what; collected before anything is changed, so that it can fail nothing afterwards."""

    name: str
    host: str
    git_commit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How often locks could not be had, and the seconds that the tries and the pauses between them took."""

    misses: int = 0
    seconds: float = 0.0


NO_WAITS = Waits()


def order(migrations: Iterable[Migration]) -> tuple[Migration, ...]:
    """Return the migrations in the order in which they run: by id, and after all that they depend on."""
    by_id = {migration.id: migration for migration in sorted(migrations, key=lambda migration: migration.id)}
    if all(other < migration.id for migration in by_id.values() for other in migration.up.depends):
        return tuple(by_id.values())  # what yoyo would say, without importing it
    from yoyo.topologicalsort import CycleError, topological_sort

    graph = {migration.id: migration.up.depends for migration in by_id.values()}
    try:
        return tuple(by_id[name] for name in topological_sort(list(by_id), graph))
    except CycleError as error:
        circle = ", ".join(error.args[1])
        raise Trouble(
            f"these migrations depend on each other in a circle: {circle}: take one -- depends: out"
        ) from error


def read(connection: Connection, project: Project) -> Ledger:
    """Read the ledger in one question; an untouched database has none, and reading makes none."""
    table = sql.Identifier(project.ledger_schema, "_yoyo_migration")
    try:
        return Ledger(entries=_entries(connection, READ, table))
    except errors.UndefinedTable:
        complete = True
    except errors.InsufficientPrivilege:
        complete = False
    try:
        return Ledger(entries=_entries(connection, READ_YOYO, table), complete=complete)
    except errors.UndefinedTable:
        return Ledger()
    except errors.InsufficientPrivilege as error:
        reason = error.diag.message_primary
        raise Trouble(f"cannot read the ledger: {reason}: grant select on {_plain(project)} to this role") from error


def exists(connection: Connection, project: Project) -> bool:
    """Tell whether both halves of the ledger are there, ours with all its columns where this role could add them."""
    return bool(database.ask(connection, COMPLETE, {"schema": project.ledger_schema})[0][0])


def executed(connection: Connection, log_id: int | None) -> str | None:
    """Return the text that ran, as the log keeps it; of what yoyo itself ran there is none, and maybe no log."""
    if log_id is None:
        return None
    found = database.ask(connection, "select executed from schema_tools.log where log_id = %(id)s", {"id": log_id})
    return found[0][0] if found else None


def create(connection: Connection, project: Project) -> None:
    """Make what is missing of the ledger, inside the caller's transaction: yoyo makes yoyo's tables."""
    from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
    from yoyo.internalmigrations import needs_upgrading, upgrade

    class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
        """yoyo's backend on our connection and in our transaction: it neither connects nor begins nor commits."""

        def __init__(self) -> None:
            self._connection = connection
            self.migration_table = "_yoyo_migration"

        @contextmanager
        def transaction(self, **_: Any) -> Iterator[None]:
            yield

        def list_tables(self, **_: Any) -> list[str]:
            return [name for name in YOYO_TABLES if _has(connection, project, name)]

    schema = sql.Identifier(project.ledger_schema)
    connection.execute(sql.SQL("set local search_path = {}").format(schema))
    if connection.execute("select pg_catalog.current_schema()").fetchone() == (None,):
        connection.execute(sql.SQL("create schema {}").format(schema))
    backend = Backend()
    if needs_upgrading(backend):
        upgrade(backend)
    if not _has(connection, project, "yoyo_lock"):
        connection.execute(backend.format_sql(backend.create_lock_table_sql))
    connection.execute(resources.files("tools").joinpath("ledger.sql").read_text(encoding="utf-8").encode())


def lock_key(project: Project) -> int:
    """Return the key of the advisory lock: one a ledger; PostgreSQL itself keeps the databases of a cluster apart."""
    digest = hashlib.sha256(f"schema_tools {project.ledger_schema}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def operator(project: Project) -> Operator:
    """Return who runs this; a user id without a passwd entry and a host without a name are no reason to stop."""
    import getpass

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return Operator(name=name[:255], host=socket.gethostname()[:255], git_commit=_git_commit(project))


def guard(project: Project) -> sql.Composed:
    """Return the statement that takes the transaction's lock, and divides by zero where another run holds it.

    A ``do`` block could say it in words, at a fifth of what a small migration costs.
    """
    return sql.SQL("select 1 / pg_catalog.pg_try_advisory_xact_lock({})::int;\n").format(sql.Literal(lock_key(project)))


def intent(
    migration_id: str, operation: Operation, script: Script, who: Operator, *, late: bool = False
) -> sql.Composed:
    """Return the statement that logs what is about to run outside a transaction; `finish` closes the row."""
    return sql.SQL(INTENT).format(
        id=sql.Literal(migration_id),
        done=sql.Literal(0 if script.transactional == "false" else None),
        **_values(operation, script, who, late),
    )


def finish(migration_id: str) -> sql.Composed:
    """Return the statement that closes the row of `intent`."""
    return sql.SQL(
        "update schema_tools.log set finished_at = pg_catalog.clock_timestamp()"
        " where log_id = (select max(log_id) from schema_tools.log where migration_id = {})"
    ).format(sql.Literal(migration_id))


def entry(
    project: Project,
    migration_id: str,
    operation: Operation,
    script: Script | None,
    who: Operator,
    *,
    late: bool = False,
) -> sql.Composed:
    """Return the statement that logs what has run in this transaction.

    The id is what yoyo's table says, so a file that changed the ledger violates a not-null constraint.
    """
    return sql.SQL(ENTRY).format(
        id=sql.Literal(migration_id),
        not_=sql.SQL("" if operation in ("apply", "mark") else "not "),
        migration=_table(project, "_yoyo_migration"),
        hash=sql.Literal(_hash(migration_id)),
        **_values(operation, script, who, late),
    )


def waits_entry(migration_id: str, waits: Waits) -> sql.Composable:
    """Return the statement that logs what the last entry waited for: none where that is nothing."""
    if not waits.misses:
        return sql.SQL("")
    body = sql.SQL("begin {} end").format(add_waits(migration_id, waits))
    return sql.SQL("do {};\n").format(sql.Literal(body.as_string()))


def add_waits(migration_id: str, waits: Waits) -> sql.Composable:
    """Return the same as a statement of PL/pgSQL, which does nothing in a log that has no columns for it."""
    if not waits.misses:
        return sql.SQL("")
    return sql.SQL(
        "if exists (select from pg_catalog.pg_attribute where attrelid = 'schema_tools.log'::pg_catalog.regclass"
        " and attname = 'lock_wait' and not attisdropped) then"
        " update schema_tools.log set lock_waits = lock_waits + {misses},"
        " lock_wait = lock_wait + pg_catalog.make_interval(secs => {seconds})"
        " where log_id = (select max(log_id) from schema_tools.log where migration_id = {id});"
        " end if;"
    ).format(
        misses=sql.Literal(waits.misses), seconds=sql.Literal(round(waits.seconds, 3)), id=sql.Literal(migration_id)
    )


def record(project: Project, migration_id: str, operation: Operation, who: Operator) -> sql.Composed:
    """Return the two statements that change yoyo's tables as yoyo itself would.

    The first fails where another run was faster: by the primary key, or by a division by the zero rows that it removed.
    """
    change = ADD if operation in ("apply", "mark") else REMOVE
    return sql.SQL(change + LOG).format(
        migration=_table(project, "_yoyo_migration"),
        log=_table(project, "_yoyo_log"),
        hash=sql.Literal(_hash(migration_id)),
        id=sql.Literal(migration_id),
        now=sql.SQL("pg_catalog.clock_timestamp() at time zone 'utc'"),
        uuid=sql.Literal(str(uuid.uuid4())),
        operation=sql.Literal(operation),
        user=sql.Literal(who.name),
        host=sql.Literal(who.host),
    )


def kept(script: Script) -> str | None:
    """Return the text as the log keeps it."""
    return script.text if len(script.text) <= KEEP_EXECUTED else None


def _values(operation: Operation, script: Script | None, who: Operator, late: bool) -> dict[str, sql.Composable]:
    values = {
        "operation": operation,
        "raw_hash": script.raw_hash if script else None,
        "token_hash": script.token_hash() if script else None,
        "executed": kept(script) if script else None,
        "transactional": script.transactional if script else "true",
        "late": late,
        "operator": who.name,
        "host": who.host,
        "version": __version__,
        "commit": who.git_commit,
    }
    return {name: sql.Literal(value) for name, value in values.items()}


def _entries(connection: Connection, query: LiteralString, table: sql.Identifier) -> tuple[Entry, ...]:
    try:
        rows = database.ask(connection, sql.SQL(query).format(migration=table))
    except errors.LockNotAvailable as error:
        raise Trouble("cannot read the ledger: another session has locked it: try again when it is done") from error
    names = Entry.__dataclass_fields__
    return tuple(Entry(**dict(zip(names, row, strict=True))) for row in rows)


def _has(connection: Connection, project: Project, name: str) -> bool:
    row = connection.execute("select pg_catalog.to_regclass(%s)", [_table(project, name).as_string()]).fetchone()
    return row != (None,)


def _table(project: Project, name: str) -> sql.Identifier:
    return sql.Identifier(project.ledger_schema, name)


def _plain(project: Project) -> str:
    return f"{project.ledger_schema}._yoyo_migration"


def _hash(migration_id: str) -> str:
    """Return yoyo's key of a migration, which is a hash of its name and says nothing of its content."""
    return hashlib.sha256(migration_id.encode()).hexdigest()


def _git_commit(project: Project) -> str | None:
    command: Sequence[str] = ("git", "-C", str(project.directory), "rev-parse", "HEAD")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
