"""A database that pg_dump wrote and psql read back is the same."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tools import baseline, catalog, database, drift, scratch
from tools.catalog import Catalog

DATA = Path(__file__).parent / "data"
NOT_RESTORED = r"^(\\.*|set transaction_timeout.*)"  # psql's own commands, and a setting that older servers lack
# A dump says no version of an extension, so the newest is installed; and a label needs its provider
LOST = {
    "base": ["changed extension pg_trgm", "missing security label table app.tasks by keeper"],
    "prints": [],
    "history": [],
}


@pytest.mark.parametrize("name", LOST)
def test_database_restored_from_a_dump_is_the_same(name: str, cluster: scratch.Cluster) -> None:
    url = cluster.create(template=cluster.replayed if name == "history" else None)
    with database.connect(url, application="tests") as connection:
        if name != "history":
            connection.execute((DATA / f"{name}.sql").read_bytes())
        expected = catalog.read(connection)
        text = dumped(connection)
    restored = cluster.create()
    with database.connect(restored, application="tests") as connection:
        connection.execute(re.sub(NOT_RESTORED, "", text, flags=re.MULTILINE | re.IGNORECASE).encode())
    found = drift.diff(expected, read(restored))
    cluster.drop(restored)
    cluster.drop(url)
    assert [f"{one.change} {one.kind} {one.name}" for one in found] == LOST[name]


def read(url: str) -> Catalog:
    with database.connect(url, application="tests") as connection:
        return catalog.read(connection)


def dumped(connection: database.Connection) -> str:
    """Return the schema as pg_dump writes it: the first one that is as new as the server."""
    version = connection.info.parameter_status("server_version") or ""
    program = baseline.find_pg_dump(None, scratch.configured(None, None), version.partition(" ")[0])
    where = connection.info
    command = [
        str(program.path),
        "--schema-only",
        "--no-security-labels",
        "--dbname",
        where.dbname,
        "--host",
        where.host,
    ]
    return subprocess.run(
        [*command, "--port", str(where.port), "--username", where.user],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PGPASSWORD": where.password},
    ).stdout
