"""Engines of the models: how the database is found and named, what they show of it, and what a pooler changes."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from garden import ALICE
from pooler import pooled
from visitors import login

from models import AddressError, Pool, Task, UnavailableError, address, open_async_engine, open_engine

SECRET = "hunter2"
NEON = f"postgresql://alex:{SECRET}@ep-cool-1-pooler.eu.aws.neon.tech/todo?sslmode=require&channel_binding=require"


# -- addresses --------------------------------------------------------------------------------------------------------

HERE = {"host": "localhost", "dbname": "d"}
THERE = {"host": "h", "dbname": "d", "sslmode": "require"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://localhost/d", HERE),
        ("postgres://localhost/d", HERE),
        ("POSTGRES://localhost/d", HERE),
        ("postgresql+psycopg://localhost/d", HERE),
        ("postgresql+asyncpg://localhost/d", HERE),
        ("postgresql+psycopg2://localhost/d", HERE),
        ("host=localhost dbname=d", HERE),
        ("host=localhost dbname='d'", HERE),
        ("'postgresql://localhost/d'", HERE),
        ('" postgresql://localhost/d "\n', HERE),
        ("psql 'postgresql://localhost/d'", HERE),
        ("psql postgresql://localhost/d", HERE),
        ("postgresql://127.0.0.1/d", {**HERE, "host": "127.0.0.1"}),
        ("postgresql://[::1]/d", {**HERE, "host": "::1"}),
        ("postgresql:///d?host=/run/postgresql", {**HERE, "host": "/run/postgresql"}),
        ("postgresql:///d", {"dbname": "d"}),
        ("postgresql://h/d", THERE),
        ("host=h dbname=d", THERE),
        ("postgresql://localhost,h/d", {**THERE, "host": "localhost,h", "port": ","}),
        ("hostaddr=10.0.0.1 dbname=d", {"hostaddr": "10.0.0.1", "dbname": "d", "sslmode": "require"}),
        ("postgresql://h/d?sslmode=verify-full", {**THERE, "sslmode": "verify-full"}),
        ("postgresql://h/d?sslmode=disable", {**THERE, "sslmode": "disable"}),
        ("postgresql+asyncpg://h/d?ssl=verify-full", {**THERE, "sslmode": "verify-full"}),
        ("postgresql+asyncpg://h/d?ssl=true&application_name=a", {**THERE, "application_name": "a"}),
        ("postgresql://h/d?pgbouncer=true&connection_limit=1", THERE),
        ("postgresql://h/d?connection_limit=1&application_name=a", {**THERE, "application_name": "a"}),
        ("service=prod", {"service": "prod"}),
        (
            NEON,
            {
                "user": "alex",
                "password": SECRET,
                "host": "ep-cool-1-pooler.eu.aws.neon.tech",
                "dbname": "todo",
                "sslmode": "require",
                "channel_binding": "require",
            },
        ),
        ("postgresql://a:p%40ss%2F@localhost/d", {**HERE, "user": "a", "password": "p@ss/"}),
    ],
)
def test_every_spelling_is_read(url: str, expected: dict[str, str]) -> None:
    assert address.parse(url, {}) == expected


def test_the_environment_may_choose_the_host_and_the_tls() -> None:
    assert address.parse("dbname=d", {"PGHOST": "h"}) == {"dbname": "d", "sslmode": "require"}
    assert address.parse("dbname=d host=h", {"PGSSLMODE": "disable"}) == {"dbname": "d", "host": "h"}


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://a:{SECRET}/x@h/d",
        f"postgresql://a:{SECRET}@x@h/d",
        f"postgresql://a:%{SECRET}@h/d",
        f"postgresql://h/d?{SECRET}=1",
        f"mysql://a:{SECRET}@h/d",
        f"password={SECRET} nonsense",
    ],
)
def test_what_cannot_be_read_is_not_quoted(url: str) -> None:
    with pytest.raises(AddressError, match="percent-encoded") as caught:
        open_engine(url)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_where_the_url_comes_from(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="no database: pass a URL or set DATABASE_URL"):
        address.find({}, tmp_path)
    (tmp_path / ".env").write_text("A=1\nDATABASE_URL=postgresql://old/d\n export DATABASE_URL = 'host=b dbname=c' \n")
    assert address.parse(address.find({}, tmp_path), {})["host"] == "b"
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://b/c # ours\n")
    assert address.find({}, tmp_path) == "postgresql://b/c"
    assert address.find({"PGHOST": "h"}, tmp_path) == ""
    assert address.find({"DATABASE_URL": " postgresql://e/f ", "PGHOST": "h"}, tmp_path) == "postgresql://e/f"


@pytest.mark.parametrize("url", ["", "  \n", "''"])
def test_an_empty_url_is_not_the_default_database(url: str) -> None:
    with pytest.raises(AddressError, match="the database URL is empty"):
        open_engine(url)


def test_the_environment_is_read_when_no_url_is_given(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    engine = open_engine()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select 1")) == 1
    engine.dispose()


# -- what an engine shows ---------------------------------------------------------------------------------------------


def test_no_secret_is_shown() -> None:
    url = f"postgresql://alex:{SECRET}@127.0.0.1:1/todo?sslpassword={SECRET}"
    engine = open_engine(url, connect_timeout=2)
    assert str(engine.url) == "postgresql+psycopg://alex@127.0.0.1:1/todo"
    with pytest.raises(UnavailableError) as caught:
        engine.connect()
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in f"{shown} {engine!r} {engine.url.render_as_string(hide_password=False)} {engine.pool!r}"
    assert caught.value.status == 503
    assert str(caught.value) == "The service is not available at the moment. Try again."


def test_parameters_are_not_in_errors(database_url: str) -> None:
    engine = open_engine(database_url)
    naive = sa.insert(Task).values(user_id=ALICE, title=SECRET, due_at=dt.datetime(2026, 1, 1))
    with engine.connect() as connection, pytest.raises(sa.exc.StatementError) as caught:
        connection.execute(naive)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    engine.dispose()


def test_importing_the_runtime_needs_no_greenlet_and_no_driver() -> None:
    code = (
        "import sys; sys.modules['greenlet'] = None\n"
        "import models.crud, models.engine, models.retry\n"
        "assert 'psycopg' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=Path(__file__).parent.parent)


# -- connections ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["direct", "session", "transaction"])
def way(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """The URL of an unprivileged login, direct or through PgBouncer in a mode."""
    with login(database_url) as url, ExitStack() as stack:
        yield url if request.param == "direct" else stack.enter_context(pooled(url, request.param, default_pool_size=5))


SHOWN = sa.text(
    "select current_setting('TimeZone'), current_setting('application_name'), current_setting('statement_timeout'),"
    " current_setting('transaction_isolation')"
)


@pytest.fixture
def tokyo(database_url: str) -> None:
    """Let the database speak Tokyo's time to whoever does not ask for another."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(f"alter database {conn.info.dbname} set timezone to 'Asia/Tokyo'")


def test_a_transaction_has_its_settings(tokyo: None, way: str) -> None:
    engine = open_engine(way, application="todo", isolation="REPEATABLE READ", settings={"statement_timeout": "5s"})
    with engine.connect() as connection:
        for _ in range(2):
            assert connection.execute(SHOWN).one() == ("UTC", "todo", "5s", "repeatable read")
            connection.rollback()
    serial = engine.execution_options(isolation_level="SERIALIZABLE")
    with serial.connect() as connection:
        assert connection.execute(SHOWN).one() == ("UTC", "todo", "5s", "serializable")
    with engine.connect() as connection:
        assert connection.execute(SHOWN).one()[3] == "repeatable read"
    engine.dispose()


def test_no_transaction_is_an_isolation_level_too(tokyo: None, way: str) -> None:
    engine = open_engine(way, isolation="AUTOCOMMIT")
    with engine.connect() as connection:
        assert connection.scalar(sa.text("show timezone")) == "UTC"
        assert getattr(connection.connection.dbapi_connection, "autocommit", None) is True
    engine.dispose()


def test_an_async_transaction_has_its_settings(tokyo: None, way: str) -> None:
    async def ask() -> list[Any]:
        engine = open_async_engine(way, application="todo", settings={"statement_timeout": "5s"})
        async with engine.connect() as connection:
            shown = (await connection.execute(SHOWN)).one()
        await engine.dispose()
        return list(shown)

    assert asyncio.run(ask()) == ["UTC", "todo", "5s", "read committed"]


def test_other_clients_of_a_pooler_keep_theirs(tokyo: None, database_url: str) -> None:
    """One server session, lent in turn to us and to somebody who asked for nothing."""
    with (
        login(database_url) as url,
        pooled(url, default_pool_size=1) as through,
        psycopg.connect(through, autocommit=True, prepare_threshold=None) as other,
    ):
        engine = open_engine(through, application="todo", settings={"statement_timeout": "5s"})
        with engine.connect() as connection:
            for _ in range(3):
                shown = connection.execute(SHOWN).one()
                connection.commit()
                assert (shown[0], shown[2]) == ("UTC", "5s")
                theirs = other.execute(str(SHOWN)).fetchone()
                assert theirs is not None
                assert (theirs[0], theirs[2]) == ("Asia/Tokyo", "0")
        engine.dispose()


@pytest.mark.parametrize("pool", [Pool(size=3, overflow=0), None], ids=["pooled", "serverless"])
def test_many_at_once_prepare_nothing(pool: Pool | None, way: str) -> None:
    engine = open_engine(way, pool=pool)

    def ask(n: int) -> int:
        with engine.connect() as connection:
            return sum(connection.scalar(sa.text("select :n + 0"), {"n": n}) or 0 for _ in range(8))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(40))) == [8 * n for n in range(40)]
    engine.dispose()


@pytest.mark.parametrize("pool", [Pool(), None], ids=["pooled", "serverless"])
def test_what_an_engine_keeps(pool: Pool | None, database_url: str) -> None:
    engine = open_engine(database_url, pool=pool, application="kept")
    with engine.connect(), engine.connect():
        pass
    count = "select count(*) from pg_stat_activity where application_name = 'kept'"
    with psycopg.connect(database_url, autocommit=True) as conn:
        if pool is not None:
            assert conn.execute(count).fetchone() == (2,)
            engine.dispose()
        for _ in range(100):
            if conn.execute(count).fetchone() == (0,):
                break
            conn.execute("select pg_sleep(0.02)")
        else:
            pytest.fail("connections stayed open")


def test_a_connection_that_died_in_the_pool_is_replaced(way: str, database_url: str) -> None:
    engine = open_engine(way, pool=Pool(size=1))
    with engine.connect() as connection:
        user = connection.scalar(sa.text("select current_user"))
    with psycopg.connect(database_url) as conn:
        conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [user])
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select 1")) == 1
    engine.dispose()


def test_a_connection_is_made_anew_before_neon_sleeps() -> None:
    assert Pool().recycle < 300


def test_every_choice_of_a_pool_is_taken(database_url: str) -> None:
    engine = open_engine(database_url, pool=Pool(size=1, overflow=0, timeout=0.05))
    with engine.connect(), pytest.raises(sa.exc.TimeoutError):
        engine.connect()
    engine.dispose()
