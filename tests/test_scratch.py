"""Throw-away databases: made, handed to a command, and gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tiny import A, call, ended, start, write_history

from tools import database, migrations, scratch, server
from tools.config import Project
from tools.errors import Trouble

COUNT = (
    "import os, psycopg, sys; connection = psycopg.connect(os.environ['DATABASE_URL']);"
    " print(connection.execute(sys.argv[1]).fetchone()[0]); sys.exit(int(sys.argv[2]))"
)


def count(project: Project, *options: str, query: str = "select count(*) from tasks", code: int = 0) -> tuple[str, int]:
    """Run a command on a scratch database that asks it one question."""
    words = [sys.executable, "-m", "tools", "scratch", *options, "--", sys.executable, "-c", COUNT, query, str(code)]
    done = subprocess.run(words, cwd=project.directory, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.strip(), done.returncode


def test_a_command_finds_the_migrated_and_seeded_database(project: Project) -> None:
    said, code = count(project)
    assert int(said) > 5
    assert code == 0


@pytest.mark.parametrize(("option", "answer"), [("--no-seed", "0"), ("--empty", "0")])
def test_without_sample_data_or_with_nothing(option: str, answer: str, project: Project) -> None:
    query = "select count(*) from users" if option == "--empty" else "select count(*) from tasks"
    assert count(project, option, query=query) == (answer, 0)


def test_at_a_scale_the_tables_are_full_and_kept_for_the_next_time(project: Project) -> None:
    assert count(project, "--scale", "0.01") == ("1000", 0)
    again = call(project, "scratch", "--scale", "0.01", "--", "true")
    if not scratch.configured(None, None).url:
        assert again.err == ""  # nothing is filled
    assert again.code == 0
    refused = call(project, "scratch", "--scale", "1", "--empty", "--", "true")
    assert refused.code == 2
    assert "--scale makes sample data, and there is to be none" in refused.err


def test_on_a_server_of_somebody_else_nothing_is_said_to_be_kept(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: "create table a (id integer primary key)"})
    for _ in range(2):
        answer = call(project, "scratch", "--scratch-url", empty_url, "--scale", "0.01", "--", "true")
        assert (answer.code, answer.err.splitlines()[0]) == (0, "filling the tables")


def test_the_exit_code_is_that_of_the_command(project: Project) -> None:
    assert count(project, "--empty", query="select 1", code=7) == ("1", 7)


def test_a_command_that_is_not_there_is_a_sentence(project: Project) -> None:
    answer = call(project, "scratch", "--empty", "--", "no-such-program")
    assert (answer.code, answer.err) == (2, "tools: cannot run no-such-program: No such file or directory\n")


def test_ctrl_c_ends_the_command_and_then_the_database(project: Project) -> None:
    asked = ("sh", "-c", 'echo "$DATABASE_URL"; exec sleep 60')
    process = start(project, "scratch", "--empty", "--", *asked, start_new_session=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it: to both
    assert ended(process).code == 130
    with pytest.raises(Trouble, match="cannot connect"):
        database.connect(url)


@pytest.mark.parametrize("kind", ["none", "a wrapper that has nothing to wrap"])
def test_the_psql_is_that_of_the_scratch_server(kind: str, project: Project, tmp_path: Path) -> None:
    if scratch.configured(None, None).url:
        pytest.skip("the programs of a given server may be anywhere")
    if kind != "none":
        (tmp_path / "psql").write_text("#!/bin/sh\necho install a client >&2; exit 1\n")
        (tmp_path / "psql").chmod(0o755)
    words = [sys.executable, "-m", "tools", "scratch", "--empty", "--", "/bin/sh", "-c"]
    asked = [*words, 'psql -AtX "$DATABASE_URL" -c "select 6 * 7"']
    done = subprocess.run(
        asked,
        cwd=project.directory,
        env={"HOME": os.environ["HOME"], "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("42\n", "")


def test_a_history_that_fails_says_that_no_database_of_anybody_was_changed(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int);\nalter table b add column c int"})
    answer = call(project, "scratch", "--no-seed", "--", "true")
    assert (answer.code, answer.err.splitlines()[0]) == (
        2,
        f'tools: sql/migrations/{A}.sql:2:1: relation "b" does not exist (42P01)',
    )
    assert answer.err.endswith("\nthis was a scratch database: no other was changed\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_url_is_printed_and_kept_until_a_signal(number: int, code: int, project: Project) -> None:
    process = start(project, "scratch", "--empty")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    with database.connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    process.send_signal(number)
    answer = ended(process)
    assert (answer.code, answer.err.strip()) == (code, "Ctrl-C ends it\nthe database is gone")
    with pytest.raises(Trouble, match="cannot connect"):
        database.connect(url)


@pytest.fixture
def plain_role(cluster: scratch.Cluster) -> Iterator[str]:
    """A role that may log in and nothing else, on the server of the tests."""
    name = f"plain_{os.getpid()}"
    with database.connect(cluster.url("postgres")) as connection:
        connection.execute(f"create role {name} login password 'pw'".encode())
        yield name
        connection.execute(f"drop role {name}".encode())


def test_a_given_server_makes_the_databases_and_loses_them(cluster: scratch.Cluster, project: Project) -> None:
    url = cluster.url("postgres")
    steps = scratch.steps_of(migrations.read(project))
    with scratch.cluster(scratch.Settings(url=url), project=project, steps=steps) as given:
        assert given.replayed is not None
        with database.connect(given.create(template=given.replayed)) as connection:
            assert connection.execute("select count(*) from tasks").fetchone() == (0,)
        names = list(given.databases)
        assert len(names) == 2
    with database.connect(url) as connection:
        left = connection.execute("select count(*) from pg_database where datname = any(%s)", [names]).fetchone()
    assert left == (0,)


def test_a_role_that_may_not_create_databases_is_told_so(cluster: scratch.Cluster, plain_role: str) -> None:
    where = {**database.parse(cluster.url("postgres")), "user": plain_role, "password": "pw"}
    url = " ".join(f"{key}={value}" for key, value in where.items())
    with scratch.cluster(scratch.Settings(url=url)) as given, pytest.raises(Trouble, match="may not create scratch"):
        given.create()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h:1/a?sslmode=require", "postgresql://u:p@h:1/b?sslmode=require"),
        ("postgresql+psycopg://u@h/a", "postgresql+psycopg://u@h/b"),
        ("host=h dbname=a", "dbname=b host=h"),
    ],
)
def test_another_database_of_the_same_server(url: str, expected: str) -> None:
    assert scratch.with_database(url, "b") == expected


def test_options_come_before_the_environment() -> None:
    environ = {"TOOLS_SCRATCH_URL": "postgresql:///e", "TOOLS_SCRATCH_BINDIR": "/e"}
    assert scratch.configured(None, None, environ) == scratch.Settings(url="postgresql:///e", bindir=Path("/e"))
    chosen = scratch.configured("postgresql:///o", "/o", environ)
    assert chosen == scratch.Settings(url="postgresql:///o", bindir=Path("/o"))
    assert scratch.configured(None, None, {}) == scratch.Settings()


def test_an_extension_that_is_not_there_comes_with_the_ways_out(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: "create extension no_such_extension"})
    answer = call(project, "apply", "-u", empty_url)
    assert answer.code == 2
    assert "--scratch-bindir, --scratch-url" in answer.err


def test_the_key_is_the_content_of_what_is_replayed(tmp_path: Path) -> None:
    def key(text: str) -> str:
        project = write_history(tmp_path, {A: text})
        return scratch.key(project, scratch.steps_of(migrations.read(project)))

    assert key("select 1") == key("select 1")
    assert key("select 1") != key("select 2")


def test_a_database_with_a_subscription_is_dropped(cluster: scratch.Cluster) -> None:
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute(
            "create subscription mirror connection 'host=example.com' publication feed"
            " with (connect = false, slot_name = far)"
        )
    cluster.drop(url)
    with database.connect(cluster.url("postgres"), application="tests") as connection:
        found = connection.execute("select subname from pg_subscription where subname = 'mirror'").fetchall()
    assert (found, url in map(cluster.url, cluster.databases)) == ([], False)


def test_what_a_server_keeps_that_went_away_is_named() -> None:
    with server.start() as running, ExitStack() as stack:
        made = stack.enter_context(scratch.cluster(scratch.Settings(url=running.url("postgres"))))
        made.create()
        running.stop()
        with pytest.raises(Trouble, match=r"^the scratch server went away, and keeps scratch_\w+: drop them there$"):
            stack.close()
