"""A connection to a PostgreSQL database: how it is named, opened, and spoken of without its secrets."""

from __future__ import annotations

import logging
import os
import re
import select
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import conninfo, errors, pq, sql

from tools.config import LIBPQ_VARIABLES
from tools.errors import Trouble

Connection = psycopg.Connection[tuple[Any, ...]]

# psycopg logs what it ignores, as a rollback when the session is gone; where nobody set up logging, Python prints that
logging.getLogger("psycopg").addHandler(logging.NullHandler())

# What ends a statement or its session from outside; time limits of a transaction are internal errors to psycopg
STOPPED = (psycopg.OperationalError, errors.IdleInTransactionSessionTimeout, errors.TransactionTimeout)

CONNECT_TIMEOUT = 15  # seconds; Neon wakes a sleeping compute in well under one, a wrong address never answers
# A gateway forgets a silent connection, often in less than six minutes, and a network may go without a word: who says
# nothing is asked after 30 s, and given up after 60. https://www.postgresql.org/docs/current/libpq-connect.html
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
NO_TRANSACTIONS = "set the pooler's pool_mode to transaction, or pass the --url of the server itself"
AT_ONCE = 1.0  # seconds in which a pooler with a session to lend has lent it
# What a server says that is there, and takes nobody now
BUSY = re.compile("starting up|shutting down|recovery|connection slots|too many (?:clients|connections)|not yet accept")
SCHEME = re.compile(r"^(?:postgres|postgresql)(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
SECRETS = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
# A name without a schema is PostgreSQL's own, whatever the owner of the database has put before it, and a policy is an
# error: its functions would run with the rights of who reads (https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
SHELTER: LiteralString = "set local search_path = '';\nset local row_security = off;\n"
# Nor does a view run that stands where a table was expected. Known since 15.8 and 16.4 (CVE-2024-7348)
NO_VIEWS: LiteralString = "set local restrict_nonsystem_relation_kind = 'view, foreign-table';\n"
# What the direct address of a pooled database is called: Neon's and Vercel's name, Prisma's name
DIRECT_VARIABLES = ("DATABASE_URL_UNPOOLED", "DIRECT_URL")


def parse(url: str) -> dict[str, Any]:
    """Return libpq's parameters of a URL or a key=value string; SQLAlchemy's ``postgresql+driver://`` is accepted.

    libpq's own message is not shown: it quotes the part that it cannot read, which may be the password. Nor is a URL
    read that has two ``@``, or one behind a ``/``: what libpq takes for host, port and database are then parts of a
    password.
    """
    try:
        place = SCHEME.sub("", url.strip()).partition("?")[0]
        if SCHEME.match(url.strip()) and (place.count("@") > 1 or "@" in place.partition("/")[2]):
            raise psycopg.ProgrammingError
        return dict(conninfo.conninfo_to_dict(SCHEME.sub("postgresql://", url.strip())))
    except psycopg.ProgrammingError:
        raise Trouble(
            "the database URL cannot be read: it takes postgresql://user:password@host:5432/database"
            " or host=... dbname=..., and blanks and characters like @ : / # % in a password must be percent-encoded"
        ) from None


def describe(url: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return who and where a URL points to, without its secrets: ``alice@db.example.com:5432/todo``.

    What it leaves open libpq takes from the environment, and so does this, unless a service says it.
    """
    parameters = parse(url)
    service = parameters.get("service") or environ.get("PGSERVICE")
    for name, key in LIBPQ_VARIABLES.items():
        if not service and environ.get(name):
            parameters.setdefault(key, environ[name])
    user, host, port = (parameters.get(key) for key in ("user", "host", "port"))
    place = f"{user}@" if user else ""
    place += host or parameters.get("hostaddr") or (f"service {service}" if service else "localhost")
    if port:
        place += f":{port}"
    return f"{place}/{parameters.get('dbname') or user or ''}".removesuffix("/" if service else "")


def redact(text: str, url: str) -> str:
    """Return `text` with the secrets of `url` replaced by ``***``."""
    try:
        parameters = parse(url)
    except Trouble:
        return text
    for key in SECRETS:
        secret = re.escape(str(parameters.get(key) or ""))
        if secret:
            # a password of a letter or two would make a riddle of every sentence
            text = re.sub(secret if len(secret) > 3 else rf"\b{secret}\b", "***", text)
    return text


def connect(url: str, *, application: str = "tools") -> Connection:
    """Open an autocommit connection that prepares no statement (a transaction pooler would lose it)."""
    parameters = {"connect_timeout": CONNECT_TIMEOUT, **ALIVE, **parse(url)}
    parameters["application_name"] = application
    parameters["client_encoding"] = "utf8"
    try:
        return psycopg.connect(**parameters, autocommit=True, prepare_threshold=None)
    except psycopg.OperationalError as error:
        said = reason(error, url)
        way_out = "try again in a moment" if BUSY.search(said) else "check --url or DATABASE_URL"
        raise Trouble(f"cannot connect to {describe(url)}: {said}: {way_out}") from None
    except psycopg.ProgrammingError as error:
        raise Trouble(f"the database URL cannot be used: {reason(error, url)}") from None


def ask(connection: Connection, question: str | sql.Composable, values: Mapping[str, Any] | None = None) -> list[Any]:
    """Return the rows of one question to a database that others write to: nothing that they made there is run.

    One message, so one round trip; outside of a transaction its settings end with it.
    """
    cursor = psycopg.ClientCursor(connection)
    text = question.as_string() if isinstance(question, sql.Composable) else question
    try:
        cursor.execute((shelter(connection) + text).encode(), values)
    except errors.ObjectNotInPrerequisiteState as error:  # NO_VIEWS
        raise Trouble(
            f"{error.diag.message_primary}: it stands where a table should, and what it calls would run with the rights"
            " of this role: see who made it, and put the table back"
        ) from error
    while cursor.nextset():
        pass
    return cursor.fetchall()


def shelter(connection: Connection) -> LiteralString:
    """Return the settings, for one transaction, under which nobody's code runs when their tables are read."""
    version = connection.info.server_version
    knows = version >= 170000 or 160004 <= version < 170000 or 150008 <= version < 160000
    return SHELTER + NO_VIEWS if knows else SHELTER


def direct(url: str, environ: Mapping[str, str]) -> str:
    """Return the URL to migrate through: the direct one where `url` names Neon's pooler, else `url` itself.

    A direct URL in the environment is taken when it names the same database, and not another project's.
    """
    pooled = parse(url)
    host = str(pooled.get("host") or "")
    name = host.partition(".")[0]
    if not name.endswith("-pooler"):
        return url
    unpooled = host.replace(name, name.removesuffix("-pooler"), 1)
    for variable in DIRECT_VARIABLES:
        candidate = parse(environ.get(variable, ""))
        if (candidate.get("host"), candidate.get("dbname")) == (unpooled, pooled.get("dbname")):
            return environ[variable]
    raise Trouble(
        f"{host} is a connection pooler, and a migration needs its session: pass --url with the host {unpooled}"
        f" or set {DIRECT_VARIABLES[0]}"
    )


def is_direct(connection: Connection) -> bool:
    """Tell whether no pooler stands between: a pooler gives every client a process id of its own."""
    return connection.info.backend_pid == _server_pid(connection)


def shares_session(connection: Connection, connect_again: Callable[[], Connection]) -> bool:
    """Tell whether the pooler lends our server session to others between two of our statements.

    A second client holds the session that it was lent: is that ours, or are we given another one, then it does. Where
    none is left for the second client, as in a full pool, ours is our own if it answers all the same.
    """
    mine = _server_pid(connection)
    for _ in range(5):  # other clients may hold and return sessions at the same time, so one miss proves nothing
        with closing(connect_again()) as second:
            second.pgconn.send_query(b"begin")
            if not _answers(second, AT_ONCE) and (is_ours := _is_ours(connection, second)) is not None:
                return not is_ours
            _drain(second)
            if _server_pid(second) == mine or _server_pid(connection) != mine:
                return True
            second.rollback()
    return False


def _is_ours(connection: Connection, second: Connection) -> bool | None:
    """Tell whether we are served while a client that asked before us waits; None where it was served meanwhile."""
    connection.pgconn.send_query(b"select 1")
    is_ours = _answers(connection, 3 * AT_ONCE)
    if is_ours and _answers(second, 0.1):
        _drain(connection)
        return None
    second.close()  # it may have what we wait for
    _drain(connection)
    return is_ours


def _answers(connection: Connection, seconds: float) -> bool:
    return bool(select.select([connection.fileno()], [], [], seconds)[0])


def _drain(connection: Connection) -> None:
    while result := connection.pgconn.get_result():
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result)


@contextmanager
def explained(what: str, url: str = "") -> Iterator[None]:
    """Turn a server's refusal into a sentence: no right, a read-only server, a connection that was lost."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise Trouble(f"no right to {what}: {reason(error, url)}: ask the owner of the database for it") from error
    except (errors.ReadOnlySqlTransaction, errors.FeatureNotSupported) as error:
        raise Trouble(f"cannot {what}: this server is read-only (a standby?): use the primary's address") from error
    except psycopg.OperationalError as error:
        raise Trouble(f"cannot {what}: {reason(error, url)}") from error


def refuse_read_only(connection: Connection) -> None:
    """Refuse to write where somebody has said that nobody should; a standby refuses by itself.

    The server reports with what a session begins, so what another client behind a pooler has set is not meant.
    """
    if connection.info.parameter_status("default_transaction_read_only") == "on":
        raise Trouble(
            "default_transaction_read_only is on for this database, role or server, so nothing was changed:"
            " set it to off where this is to be written"
        )


def reason(error: psycopg.Error, url: str = "") -> str:
    """Return why the server, libpq or a pooler before it did not do as told: one line, without secrets."""
    said = redact(error.diag.message_primary or _first_sentence(str(error)), url)
    return f"{said}: {NO_TRANSACTIONS}" if "statement pooling mode" in said else said


def _server_pid(connection: Connection) -> int:
    row = connection.execute("select pg_catalog.pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0


def _first_sentence(text: str) -> str:
    """Return the line that says why; with several hosts or addresses libpq writes a paragraph for each try."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "Is the server" not in line]
    reason = next((line for line in lines if "FATAL:" in line), lines[0] if lines else "no answer")
    return (reason.partition("FATAL:")[2] or reason.rpartition(" failed: ")[2] or reason).strip().rstrip(":.")
