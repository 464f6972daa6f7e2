"""What every test stands on: a real server, a template database with the history in it, a clone for each test."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from forgotten import forget
from hypothesis import settings
from psycopg import conninfo
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor

from tools import config, database, migrations, scratch, sowing
from tools.config import Project

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("patient", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("patient")

for name in (*config.LIBPQ_VARIABLES, "DATABASE_URL", *database.DIRECT_VARIABLES):
    os.environ.pop(name, None)  # no test may find somebody's real database

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what it puts in the background like that
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def our_models() -> Iterator[None]:
    """Put our models back after a test that imported a copy of them: what is loaded later is found by its name."""
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "models"}
    yield
    if kept and sys.modules.get("models") is not kept.get("models"):
        forget({"models"})
        sys.modules.update(kept)


@pytest.fixture(scope="session")
def project() -> Project:
    """This repository."""
    return config.load(ROOT)


@pytest.fixture(scope="session")
def cluster(project: Project) -> Iterator[scratch.Cluster]:
    """The server of this run: the embedded one, or the one that TOOLS_SCRATCH_URL names."""
    steps = scratch.steps_of(migrations.read(project))
    with scratch.cluster(scratch.configured(None, None), project=project, steps=steps) as opened:
        yield opened


@pytest.fixture(scope="session")
def large_url(project: Project) -> Iterator[str]:
    """The URL of a migrated database with large data in it, kept from run to run; a test rolls back what it does."""
    steps = scratch.steps_of(migrations.read(project))
    filling = sowing.filling(project, 1.0)
    settings = scratch.configured(None, None)
    with scratch.cluster(settings, project=project, steps=steps, filling=filling) as opened:
        yield opened.url(str(opened.replayed))


@pytest.fixture
def large(large_url: str) -> Iterator[database.Connection]:
    """A connection to the large data, inside of a transaction that is rolled back."""
    with database.connect(large_url, application="tests") as connection, connection.transaction(force_rollback=True):
        yield connection


class ScratchExecutor(NoopExecutor):
    """pytest-postgresql's view of our server: a running one, whose template database holds the migrated schema."""

    def __init__(self, cluster: scratch.Cluster, worker: str) -> None:
        where = conninfo.conninfo_to_dict(cluster.url("postgres"))
        super().__init__(
            host=str(where.get("host", "localhost")),
            port=str(where.get("port", "5432")),
            user=str(where.get("user", "postgres")),
            password=str(where["password"]) if where.get("password") else None,
            options="",
            dbname=f"test_{worker}_{os.getpid()}",
        )
        self._template = cluster.replayed

    @property
    def template_dbname(self) -> Any:
        return self._template


@pytest.fixture(scope="session")
def postgresql_scratch(cluster: scratch.Cluster, request: pytest.FixtureRequest) -> NoopExecutor:
    return ScratchExecutor(cluster, os.environ.get("PYTEST_XDIST_WORKER", "main"))


postgresql = factories.postgresql("postgresql_scratch")


@pytest.fixture
def database_url(postgresql: psycopg.Connection[Any], cluster: scratch.Cluster) -> str:
    """The URL of a fresh database with the contract loaded and every migration applied; the role is a superuser."""
    return cluster.url(postgresql.info.dbname)


@pytest.fixture
def conn(database_url: str) -> Iterator[database.Connection]:
    """An autocommit connection to `database_url`."""
    with database.connect(database_url, application="tests") as connection:
        yield connection


@pytest.fixture
def make_database(cluster: scratch.Cluster) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a database, runs SQL in it and returns its URL; dropped at the end of the test."""
    made: list[str] = []

    def make(text: str = "") -> str:
        url = cluster.create()
        made.append(url)
        with database.connect(url, application="tests") as connection:
            connection.execute(text.encode())
        return url

    yield make
    for url in made:
        cluster.drop(url)


@pytest.fixture
def empty_url(make_database: Callable[[str], str]) -> str:
    """The URL of a database with nothing in it."""
    return make_database("")
