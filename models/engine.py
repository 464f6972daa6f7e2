"""Engines: for a server that runs on, for functions that come and go, and for async; right behind a pooler.

A pooler in transaction mode (PgBouncer, Neon's `-pooler`) takes no `options` at start-up, lends the server's session to
others between two transactions, and forgets prepared statements. So nothing here lives longer than a transaction, but
for the time zone, which PgBouncer follows by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.engine import URL

from . import address, errors

__all__ = ["Pool", "open_async_engine", "open_engine"]

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

DRIVER = "postgresql+psycopg"
UTC = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "UCT", "Zulu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """How many connections an engine keeps, and for how long; times in seconds.

    Neon suspends a compute after five minutes without a query, so a connection is made anew before that.
    """

    size: int = 5
    overflow: int = 5
    timeout: float = 10
    recycle: int = 280


def open_engine(
    url: str | None = None,
    *,
    pool: Pool | None = Pool(),
    application: str = "models",
    isolation: Any = None,
    settings: Mapping[str, str] | None = None,
    connect_timeout: int = 10,
) -> Engine:
    """Return an engine whose errors are those of `errors`; the URL is DATABASE_URL when none is given.

    `pool=None` is for serverless functions: each connection is closed after use. `settings` are those of each
    transaction and end with it: ``{"statement_timeout": "5s"}``. Call `dispose()` when the application ends.
    """
    location, arguments = _arguments(url, pool, application, isolation, connect_timeout)
    return _prepare(create_engine(location, **arguments), settings or {})


def open_async_engine(
    url: str | None = None,
    *,
    pool: Pool | None = Pool(),
    application: str = "models",
    isolation: Any = None,
    settings: Mapping[str, str] | None = None,
    connect_timeout: int = 10,
) -> "AsyncEngine":
    """Return what `open_engine` returns, for `async`; it needs `sqlalchemy[asyncio]`."""
    from sqlalchemy.ext.asyncio import create_async_engine

    location, arguments = _arguments(url, pool, application, isolation, connect_timeout)
    engine = create_async_engine(location, **arguments)
    _prepare(engine.sync_engine, settings or {})
    return engine


def _arguments(
    url: str | None, pool: Pool | None, application: str, isolation: Any, connect_timeout: int
) -> tuple[URL, dict[str, Any]]:
    parameters = address.locate(url)
    connect = {
        "connect_timeout": connect_timeout,
        "application_name": application,
        **parameters,
        "client_encoding": "utf8",
        "prepare_threshold": None,
    }
    arguments: dict[str, Any] = {"connect_args": connect, "hide_parameters": True}
    if isolation is not None:
        arguments["isolation_level"] = isolation
    return _location(parameters), arguments | _pooling(pool)


def _location(parameters: Mapping[str, str]) -> URL:
    """Return what the engine shows of itself; all that connects is in the arguments, and no secret is here."""
    port = parameters.get("port", "")
    return URL.create(
        DRIVER,
        username=parameters.get("user"),
        host=parameters.get("host"),
        port=int(port) if port.isdecimal() else None,
        database=parameters.get("dbname"),
    )


def _pooling(pool: Pool | None) -> dict[str, Any]:
    if pool is None:
        return {"poolclass": NullPool}
    return {
        "pool_size": pool.size,
        "max_overflow": pool.overflow,
        "pool_timeout": pool.timeout,
        "pool_recycle": pool.recycle,
        "pool_pre_ping": True,
        "pool_use_lifo": True,  # what is not needed grows old, and is closed
    }


def _prepare(engine: Engine, settings: Mapping[str, str]) -> Engine:
    errors.listen(engine)
    event.listen(engine, "connect", _speak_utc)
    if settings:
        names = {f"n{n}": name for n, name in enumerate(settings)}
        values = {f"v{n}": value for n, value in enumerate(settings.values())}
        calls = ", ".join(f"pg_catalog.set_config(:n{n}, :v{n}, true)" for n in range(len(settings)))
        statement = text(f"select {calls}").bindparams(**names, **values)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.execute(statement)

    return engine


def _speak_utc(connection: Any, _record: Any) -> None:
    """Set the session's time zone; PgBouncer, told of it by the server, sets it on every session it lends us."""
    driver = getattr(connection, "driver_connection", connection)
    if driver.info.parameter_status("TimeZone") in UTC:
        return
    before, connection.autocommit = connection.autocommit, True
    cursor = connection.cursor()
    cursor.execute("set time zone 'UTC'")
    cursor.close()
    connection.autocommit = before
