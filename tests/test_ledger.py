"""The ledger: yoyo and we read each other's, whoever wrote it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yoyo
from psycopg import conninfo
from tiny import AB, A, B, C, Files, applied, apply, call, relations, rows, value, write_history
from yoyo.migrations import topological_sort

from tools import database, ledger, migrations, runner
from tools.config import Project
from tools.errors import Trouble
from tools.failure import Failed
from tools.runner import Options


def run_yoyo(project: Project, command: str, url: str) -> str:
    """Run yoyo itself on the files of the project."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options = ["--batch", "--no-config-file", "--database", address, str(project.migrations)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "yoyo", command, *options],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        cwd=project.directory,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(project: Project, url: str) -> dict[str, str]:
    """Return what ``yoyo list`` says: A (applied) or U (unapplied), by id."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", run_yoyo(project, "list", url))
    return {found[2]: found[1] for found in re.finditer(r"^([AU])\s+(\d{14}\S*)", text, re.MULTILINE)}


@pytest.fixture
def yoyo_url(empty_url: str) -> str:
    """The URL of an empty database that yoyo can be told: with a host and a port, or a socket in the query."""
    where = database.parse(empty_url)
    if str(where.get("host", "")).startswith("/"):
        return f"postgresql://{where['user']}@/{where['dbname']}?host={where['host']}&port={where['port']}"
    return empty_url


def test_yoyo_lists_what_we_applied_and_rolled_back(yoyo_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(yoyo_url, project)
    assert listed(project, yoyo_url) == {A: "A", B: "A"}
    runner.roll_back(yoyo_url, project, Options())
    assert listed(project, yoyo_url) == {A: "A", B: "U"}
    run_yoyo(project, "apply", yoyo_url)
    assert listed(project, yoyo_url) == {A: "A", B: "A"}
    run_yoyo(project, "rollback", yoyo_url)
    assert (listed(project, yoyo_url), relations(yoyo_url)) == ({A: "A", B: "U"}, {"a"})
    assert [one.id for one in apply(yoyo_url, project)] == [B]


def test_a_ledger_of_yoyo_is_adopted(yoyo_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    run_yoyo(project, "apply", yoyo_url)
    with database.connect(yoyo_url) as connection:
        found = ledger.read(connection, project)
    assert [(entry.id, entry.applied, entry.raw_hash) for entry in found.entries] == [(A, True, None), (B, True, None)]
    assert call(project, "apply", "-u", yoyo_url).err == "nothing to apply\n"
    assert value(yoyo_url, "select to_regnamespace('schema_tools')") is None
    write_history(tmp_path, {C: ("create table c (id int)", "drop table c")})
    assert [one.id for one in apply(yoyo_url, project)] == [C]
    assert [one.id for one in runner.roll_back(yoyo_url, project, Options(), count=2)] == [C, B]
    assert (listed(project, yoyo_url), relations(yoyo_url)) == ({A: "A", B: "U", C: "U"}, {"a"})
    assert call(project, "status", "-u", yoyo_url).out.endswith("\n1 applied, 2 pending\n")


def test_our_rows_are_as_yoyo_writes_them(yoyo_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    run_yoyo(project, "apply", yoyo_url)
    question = "select migration_hash, migration_id, abs(extract(epoch from now() at time zone 'utc' - applied_at_utc))"
    question += " < 60 from _yoyo_migration order by 2"
    log = "select operation, migration_hash, username from _yoyo_log where migration_id = '{}' order by id"
    theirs = rows(yoyo_url, question), rows(yoyo_url, log.format(B))
    run_yoyo(project, "rollback", yoyo_url)
    rows(yoyo_url, "delete from _yoyo_log")
    apply(yoyo_url, project)
    assert (rows(yoyo_url, question), rows(yoyo_url, log.format(B))) == theirs


def same_as_yoyo(project: Project) -> None:
    """Hold our reading of the folder against yoyo's."""
    theirs = list(topological_sort(yoyo.read_migrations(str(project.migrations))))
    ours = ledger.order(migrations.read(project))
    assert [one.id for one in ours] == [one.id for one in theirs]
    for our, their in zip(ours, theirs, strict=True):
        their.load()
        assert set(our.up.depends) == {other.id for other in their.depends}
        assert (our.up.transactional == "true") == their.use_transactions


def test_yoyo_reads_our_history_as_we_do(project: Project) -> None:
    same_as_yoyo(project)


def test_yoyo_reads_dependencies_as_we_do(tmp_path: Path) -> None:
    files: Files = {
        A: f"-- depends: {C}\ncreate table a (id int)",
        B: "-- transactional: false\nselect 1",
        C: "-- why\n-- depends:\nselect 1",
        "20260104000000_d": f"--depends: {A} {B}\n--transactional:true\nselect 1",
    }
    project = write_history(tmp_path, files)
    same_as_yoyo(project)
    assert [one.id for one in ledger.order(migrations.read(project))] == [B, C, A, "20260104000000_d"]


def test_a_file_runs_after_a_newer_one_that_it_depends_on(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"-- depends: {B}\nalter table b add a int", B: "create table b (id int)"})
    assert [one.id for one in apply(empty_url, project)] == [B, A]


def test_a_file_that_depends_on_itself_is_named(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"-- depends: {A}\nselect 1", B: "select 1"})
    with pytest.raises(Trouble, match=f"depend on each other in a circle: .*{A}"):
        ledger.order(migrations.read(project))


def test_a_circle_is_named(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"-- depends: {B}\nselect 1", B: f"-- depends: {A}\nselect 1", C: "select 1"})
    with pytest.raises(Trouble) as caught:
        ledger.order(migrations.read(project))
    assert str(caught.value).startswith("these migrations depend on each other in a circle: ")
    assert A in str(caught.value)
    assert B in str(caught.value)
    assert C not in str(caught.value)


def test_reading_creates_nothing(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    for command in ("status", "plan"):
        assert call(project, command, "-u", empty_url).code == 0
    assert call(project, "rollback", "--yes", "-u", empty_url).err == "nothing to roll back\n"
    question = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
    assert value(empty_url, question) == 0
    assert value(empty_url, "select to_regnamespace('schema_tools')") is None


@pytest.mark.parametrize(
    "missing", ["drop schema schema_tools cascade", "drop table schema_tools.log", "drop table yoyo_lock"]
)
def test_a_half_made_ledger_is_completed(missing: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    rows(empty_url, missing)
    write_history(tmp_path, {C: "create table c (id int)"})
    apply(empty_url, project)
    assert applied(empty_url) == [A, B, C]
    logged = [id_ for (id_,) in rows(empty_url, "select migration_id from schema_tools.log order by log_id")]
    assert logged == ([A, B, C] if "yoyo" in missing else [C])
    assert value(empty_url, "select to_regclass('yoyo_lock') is not null")


@pytest.mark.parametrize("ours", [True, False])
def test_when_a_file_was_applied_is_told_with_its_zone(ours: bool, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select 1"})
    rows(empty_url, f"alter database {value(empty_url, 'select current_database()')} set timezone = 'Asia/Tokyo'")
    apply(empty_url, project)
    if not ours:
        rows(empty_url, "drop schema schema_tools cascade")
    (told,) = json.loads(call(project, "status", "-u", empty_url, "--format", "json").out)["migrations"]
    assert abs(datetime.fromisoformat(told["applied_at"]) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_the_commit_that_ran_is_recorded(empty_url: str, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()

    project = write_history(tmp_path, AB)
    runner.apply(empty_url, project, Options(), to=A)
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    apply(empty_url, project)
    assert rows(empty_url, "select git_commit from schema_tools.log order by log_id") == [
        (None,),
        (git("rev-parse", "HEAD"),),
    ]


@pytest.mark.parametrize("header", ["-- transactional: false\n", "-- transactional: own\n"])
def test_the_log_says_when_each_file_ended(header: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select 1", B: f"{header}select 2", C: f"{header}select 1 / 0"})
    with pytest.raises(Failed):
        apply(empty_url, project)
    question = "select migration_id, finished_at >= started_at from schema_tools.log order by log_id"
    assert rows(empty_url, question) == [(A, True), (B, True), (C, None)]


def test_the_operator_needs_no_passwd_entry(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert ledger.operator(project).name == "uid 12345"


@pytest.mark.parametrize("header", ["", "-- transactional: false\n"])
def test_the_log_names_who_logged_in_whatever_role_that_takes_on(header: str, empty_url: str, tmp_path: Path) -> None:
    apply(empty_url, write_history(tmp_path, {A: "select 1"}))
    rows(empty_url, "grant usage on schema schema_tools to pg_monitor")
    rows(empty_url, "grant all on all tables in schema schema_tools, public to pg_monitor")
    project = write_history(tmp_path, {B: f"{header}select 1"})
    apply(conninfo.make_conninfo(empty_url, options="-c role=pg_monitor"), project)
    assert rows(empty_url, "select migration_id, role from schema_tools.log order by log_id") == [
        (A, "postgres"),
        (B, "postgres"),
    ]


def test_a_name_longer_than_yoyo_keeps_stops_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "x" * 300)
    monkeypatch.setattr(socket, "gethostname", lambda: "y" * 300)
    apply(empty_url, write_history(tmp_path, AB))
    assert rows(empty_url, "select distinct username, hostname from _yoyo_log") == [("x" * 255, "y" * 255)]


def test_a_ledger_that_somebody_has_locked_is_not_waited_for(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    with database.connect(empty_url) as other, other.transaction():
        other.execute("lock table schema_tools.log")
        answer = call(project, "status", "-u", empty_url)
    sentence = "tools: cannot read the ledger: another session has locked it: try again when it is done\n"
    assert (answer.code, answer.err) == (2, sentence)
