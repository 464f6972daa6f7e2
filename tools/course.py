"""A history on its way up on scratch, with rows in its tables."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tools import catalog, database, drift, migrations, sampling, scratch
from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble
from tools.history import Step

OF_TABLES = ("ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
ROWS = 20  # in each table: enough for a file to lose some, few enough for a thousand tables


@dataclass(kw_only=True)
class Course:
    """A history on its way up in two databases: one with rows in its tables; one without, some files behind."""

    cluster: scratch.Cluster
    project: Project
    url: str
    bare: str
    behind: list[Step] = field(default_factory=list)
    known: Catalog | None = None  # of the database with rows, where nothing has changed it since
    offered: set[str] = field(default_factory=set)
    seeded: set[Path] = field(default_factory=set)

    def catalog(self) -> Catalog:
        """Return the catalog of the database with rows."""
        self.known = self.known or read(self.url)
        return self.known

    def stock(self, *, last: bool = False) -> None:
        """Put rows into tables that are new: the sample data of the project where it fits, else what can be made up."""
        found = self.catalog()
        fresh = {table.name for table in found.tables} - self.offered
        if not fresh and not last:
            return
        with database.connect(self.url, application="tools verify") as connection:
            for path in sorted(self.project.seed.glob("*.sql")):
                if path not in self.seeded and _seed(connection, self.project, path, found):
                    self.seeded.add(path)
                connection.execute(sql.SQL("reset all"))
            sampling.fill(connection, found, rows=ROWS, only=frozenset(fresh))
        self.offered |= fresh

    def go(self, step: Step, after: Catalog | None) -> None:
        """Run one more file; where it does not take the rows, go on without those that there are."""
        self.behind.append(step)
        self.known = after
        try:
            scratch.replay(self.url, self.project, (step,))
        except Trouble:
            bare = self.without_rows()
            self.cluster.drop(self.url)
            self.url = copy(self.cluster, bare)
            self.known = None
            self.offered.clear()
            self.seeded.clear()

    def without_rows(self) -> str:
        """Return the URL of the database without rows, its files up to date."""
        scratch.replay(self.bare, self.project, tuple(self.behind))
        self.behind.clear()
        return self.bare


def start(cluster: scratch.Cluster, project: Project, steps: tuple[Step, ...]) -> Course:
    """Begin behind these steps, on two new databases."""
    bare = cluster.create()
    scratch.fill(bare, project, steps)
    return Course(cluster=cluster, project=project, url=copy(cluster, bare), bare=bare)


def copy(cluster: scratch.Cluster, url: str) -> str:
    """Return the URL of a copy of a database."""
    return cluster.create(template=str(database.parse(url)["dbname"]))


def read(url: str) -> Catalog:
    """Return the catalog of a database."""
    with database.connect(url, application="tools verify") as connection:
        return catalog.read(connection)


def _seed(connection: database.Connection, project: Project, path: Path, found: Catalog) -> bool:
    """Load a file of sample data, where the tables are such that it can be and it leaves them as they are."""
    text = migrations.read_script(project, path).text
    with suppress(psycopg.Error), connection.transaction():
        connection.execute(text.encode())
        if _has_locked(connection) and drift.diff(found, catalog.read(connection)):
            raise psycopg.Rollback
        return True
    return False


def _has_locked(connection: database.Connection) -> bool:
    """Tell whether the transaction has a lock that statements about rows do not take."""
    query = "select from pg_catalog.pg_locks where pid = pg_catalog.pg_backend_pid() and mode = any (%s) limit 1"
    return connection.execute(query, [list(OF_TABLES)]).rowcount > 0
