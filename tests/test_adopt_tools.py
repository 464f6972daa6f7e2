"""Adoption from the tools themselves, where ``python -m bench.apply`` or ``bench.scenes`` has installed them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import AB, A, B, C, Files, applied, call, relations, write_history

from bench.peers import PEERS
from tools import database

ABC: Files = {**AB, C: "create table c (id int)"}
REVISION = """
from alembic import op
revision, down_revision = {revision!r}, {before!r}
def upgrade(): op.execute({up!r})
def downgrade(): pass
"""


def run_peer(program: str, *arguments: str, folder: Path) -> None:
    """Run a peer's own command."""
    path = PEERS / "bin" / program
    if not path.exists():
        pytest.skip(f"there is no {program}: python -m bench.scenes installs it")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    command = [str(path), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def migrate_with_dbmate(url: str, folder: Path) -> None:
    for name in (A, B):
        text = f"-- migrate:up\n{AB[name][0]};\n-- migrate:down\n{AB[name][1]};\n"
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    where = database.parse(url)
    address = f"postgres://{where['user']}@/{where['dbname']}?socket={where['host']}&sslmode=disable"
    run_peer("dbmate", "--no-dump-schema", "--migrations-dir", ".", "--url", address, "migrate", folder=folder)


def migrate_with_alembic(url: str, folder: Path) -> None:
    run_peer("alembic", "init", "alembic", folder=folder)
    target = url.replace("postgresql://", "postgresql+psycopg://")
    settings = folder / "alembic.ini"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("sqlalchemy.url")]
    text = "\n".join(lines).replace("[alembic]", f"[alembic]\nsqlalchemy.url = {target.replace('%', '%%')}", 1)
    settings.write_text(text, encoding="utf-8")
    for revision, before, up in (("a1", None, AB[A][0]), ("b2", "a1", AB[B][0])):
        text = REVISION.format(revision=revision, before=before, up=up)
        (folder / "alembic" / "versions" / f"{revision}.py").write_text(text, encoding="utf-8")
    run_peer("alembic", "upgrade", "head", folder=folder)


@pytest.mark.parametrize(
    ("source", "migrate"),
    [("dbmate", migrate_with_dbmate), ("alembic", migrate_with_alembic)],
    ids=["dbmate", "alembic"],
)
@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("TOOLS_SCRATCH_URL")), reason="the peers are told a socket")
def test_what_the_tool_itself_made_is_taken_over(
    source: str, migrate: Callable[[str, Path], None], empty_url: str, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    migrate(empty_url, tmp_path / "theirs")
    assert relations(empty_url) >= {"a", "b"}
    project = write_history(tmp_path / "ours", ABC)
    answer = call(project, "mark", "--from", source, "--yes", "-u", empty_url)
    assert (answer.code, applied(empty_url)) == (0, [A, B]), answer.err
    assert call(project, "status", "-u", empty_url).out.endswith("2 applied, 1 pending\n")
    assert call(project, "apply", "-u", empty_url).code == 0
    assert call(project, "status", "--exit-code", "-u", empty_url).code == 0
