"""Connections: how a database is named, that no secret is shown, and what a pooler in between changes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pooler import pooled
from psycopg.conninfo import make_conninfo
from tiny import AB, A, B, Files, applied, apply, call, ended, rows, start, value, write_history

from tools import database, ledger, runner, scratch, server
from tools.errors import Trouble
from tools.runner import Options

SECRET = "hunter2"
POOLED = "postgresql://o:p@ep-cool-1-pooler.eu.example.com/todo"
DIRECT = "postgresql://o:p@ep-cool-1.eu.example.com/todo?sslmode=require"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://a:p@h:5433/d", "a@h:5433/d"),
        ("postgres://a@h/d", "a@h/d"),
        ("postgresql+psycopg://a:p@h/d", "a@h/d"),
        ("postgresql+asyncpg://a:p@h/d", "a@h/d"),
        (" postgresql://a:p%40ss@h/d\n", "a@h/d"),
        ("host=h dbname=d user=a password=p", "a@h/d"),
        ("service=prod", "service prod"),
        ("service=prod dbname=d user=a", "a@service prod/d"),
        ("postgresql://a@h1:1,h2:2/d?target_session_attrs=read-write", "a@h1,h2:1,2/d"),
        ("", "localhost/"),
    ],
)
def test_every_spelling_is_read_and_shown_without_its_password(url: str, expected: str) -> None:
    assert database.describe(url, {}) == expected


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        ("", {"PGHOST": "h", "PGPORT": "5433", "PGUSER": "a", "PGPASSWORD": "p", "PGDATABASE": "d"}, "a@h:5433/d"),
        ("postgresql:///d", {"PGHOST": "h", "PGDATABASE": "other"}, "h/d"),
        ("postgresql://a@h/d", {"PGHOST": "other", "PGUSER": "other"}, "a@h/d"),
        ("", {"PGHOST": "h", "PGUSER": "a"}, "a@h/a"),
        ("", {"PGSERVICE": "prod", "PGHOST": "what the service may say otherwise"}, "service prod"),
    ],
)
def test_what_a_url_leaves_open_is_said_as_libpq_finds_it(url: str, environ: dict[str, str], expected: str) -> None:
    assert database.describe(url, environ) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "the database URL cannot be read"),
        (f"mysql://a:{SECRET}@h/d", "the database URL cannot be read"),
        (f"postgresql://a:x@{SECRET}@h/d", "must be percent-encoded"),
        (f"postgresql://a:x{SECRET}%zz@h/d", "must be percent-encoded"),
        (f"postgresql://a:{SECRET}/x@127.0.0.1:1/d", "must be percent-encoded"),
        (f"postgresql://a:{SECRET}@h/d?hunter=2", "the database URL cannot be read"),
        (
            f"postgresql://a:{SECRET}@127.0.0.1:1/d",
            "cannot connect to a@127.0.0.1:1/d: Connection refused: check --url",
        ),
        (
            f"postgresql+psycopg://a:{SECRET}@nohost.invalid/d",
            "cannot connect to a@nohost.invalid/d: failed to resolve",
        ),
        (f"host=127.0.0.1 port=99999 password={SECRET}", 'invalid port number: "99999"'),
        (f"postgresql://a:{SECRET}@127.0.0.1:1/d?sslmode=hunter", 'invalid sslmode value: "hunter"'),
        (f"postgresql://a:{SECRET}@127.0.0.1:1,127.0.0.1:2/d", "Connection refused"),
    ],
)
def test_a_wrong_url_is_a_sentence_without_the_password(url: str, words: str, tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, AB), "status", "--url", url)
    assert answer.code == 2
    assert words in answer.err
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert SECRET not in answer.err


def test_an_unknown_database_is_named(empty_url: str, tmp_path: Path) -> None:
    url = scratch.with_database(empty_url, "nobody_made_it")
    answer = call(write_history(tmp_path, AB), "apply", "--url", url)
    assert (answer.code, answer.out) == (2, "")
    assert 'database "nobody_made_it" does not exist: check --url or DATABASE_URL' in answer.err


def test_a_short_password_leaves_the_sentence_readable(empty_url: str) -> None:
    url = make_conninfo(empty_url, dbname="nobody_made_it", password="a")
    with pytest.raises(Trouble, match='database "nobody_made_it" does not exist'):
        database.connect(url)
    assert database.redact("password a: failed", url) == "password ***: failed"
    assert database.redact("p=hunter2x", "postgresql://h/d?password=hunter2") == "p=***x"


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("FATAL:  the database system is starting up", "try again in a moment"),
        ("FATAL:  sorry, too many clients already", "try again in a moment"),
        ('FATAL:  password authentication failed for user "a"', "check --url or DATABASE_URL"),
    ],
)
def test_a_server_that_takes_nobody_now(said: str, way_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(**_: Any) -> None:
        raise psycopg.OperationalError(f'connection to server at "h", port 5432 failed: {said}\n')

    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(Trouble) as caught:
        database.connect("postgresql://a@h/d")
    assert str(caught.value) == f"cannot connect to a@h/d: {said.removeprefix('FATAL:  ')}: {way_out}"


def test_a_driver_name_of_sqlalchemy_is_accepted(empty_url: str, tmp_path: Path) -> None:
    url = empty_url.replace("postgresql://", "postgresql+psycopg://")
    assert call(write_history(tmp_path, AB), "apply", "--url", url).code == 0
    assert applied(empty_url) == [A, B]


def test_the_direct_address_is_used_instead_of_the_pooler() -> None:
    assert database.direct(DIRECT, {}) == DIRECT
    for variable in ("DATABASE_URL_UNPOOLED", "DIRECT_URL"):
        assert database.direct(POOLED, {variable: DIRECT}) == DIRECT


@pytest.mark.parametrize(
    "other",
    ["", "postgresql://o:p@ep-hot-2.eu.example.com/todo", "postgresql://o:p@ep-cool-1.eu.example.com/other"],
)
def test_the_direct_address_of_another_database_is_not(other: str) -> None:
    with pytest.raises(Trouble) as caught:
        database.direct(POOLED, {"DATABASE_URL_UNPOOLED": other})
    assert str(caught.value) == (
        "ep-cool-1-pooler.eu.example.com is a connection pooler, and a migration needs its session: pass --url with the"
        " host ep-cool-1.eu.example.com or set DATABASE_URL_UNPOOLED"
    )


def test_the_direct_address_may_be_in_dotenv(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    refused = "postgresql://o:p@ep-cool-1.localhost:1/todo"
    (tmp_path / ".env").write_text(f"DATABASE_URL={POOLED.replace('eu.example.com', 'localhost:1')}\n")
    assert "is a connection pooler" in call(project, "apply").err
    with (tmp_path / ".env").open("a") as file:
        file.write(f"DATABASE_URL_UNPOOLED={refused}\n")
    assert "cannot connect to o@ep-cool-1.localhost:1/todo" in call(project, "apply").err


# PgBouncer


@pytest.fixture(scope="module")
def tcp_url(cluster: scratch.Cluster) -> Iterator[str]:
    """A server that a pooler can reach: the one that is given, or an embedded one with a port."""
    if os.environ.get("TOOLS_SCRATCH_URL"):
        yield cluster.url("postgres")
        return
    with server.start(tcp=True) as running:
        yield running.url("postgres")


@pytest.fixture
def target(tcp_url: str) -> Iterator[str]:
    """A fresh database on it."""
    made = scratch.Cluster(url=lambda name: scratch.with_database(tcp_url, name), databases=[])
    url = made.create()
    yield url
    made.drop(url)


@pytest.fixture
def pool(target: str) -> Iterator[Callable[..., str]]:
    """Return a function that starts PgBouncer in a mode before the target, and returns the URL through it."""
    with ExitStack() as started:
        yield lambda mode, size=20: started.enter_context(pooled(target, mode, default_pool_size=size))


def _locks(url: str) -> int:
    database_of = "database = (select oid from pg_database where datname = current_database())"
    return int(value(url, f"select count(*) from pg_locks where locktype = 'advisory' and {database_of}"))


TWELVE: Files = {f"20260101{n:06}_t": (f"create table t{n} (id int)", f"drop table t{n}") for n in range(12)}


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_apply_through_a_pooler(mode: str, pool: Callable[..., str], target: str, tmp_path: Path) -> None:
    project, url = write_history(tmp_path, TWELVE), pool(mode)
    assert call(project, "apply", "-u", url).code == 0
    assert applied(target) == list(TWELVE)
    assert _locks(target) == 0
    again = call(project, "apply", "-u", url)
    assert (again.code, again.err) == (0, "nothing to apply\n")
    assert call(project, "rollback", "-n", "2", "--yes", "-u", url).code == 0
    assert applied(target) == list(TWELVE)[:10]
    assert _locks(target) == 0


def test_through_a_pooler_a_run_waits_for_another_too(pool: Callable[..., str], target: str, tmp_path: Path) -> None:
    project, url = write_history(tmp_path, AB), pool("transaction")
    runner.apply(url, project, Options(), to=A)
    said: list[str] = []
    with database.connect(target, application="a colleague's run") as other:
        other.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        holder = rf"a colleague's run \(pid {other.info.backend_pid}, role postgres from \S+, for \d+ s\)"
        with pytest.raises(Trouble, match=f"{B}: another run still holds the lock: wait longer with --patience"):
            runner.apply(url, project, Options(patience=0.2), say=said.append)
    assert re.fullmatch(rf"{B}: {holder} holds the lock: trying again \(1\)", said[0])
    assert applied(target) == [A]
    assert [one.id for one in runner.apply(url, project, Options())] == [B]


def test_a_session_that_a_pooler_lends_is_not_taken_as_it_comes(
    pool: Callable[..., str], target: str, tmp_path: Path
) -> None:
    project, url = write_history(tmp_path, AB), pool("transaction", 1)
    runner.apply(target, project, Options(), to=A)
    with database.connect(url) as other:
        other.execute("set default_transaction_read_only = on; set default_transaction_isolation = serializable")
    (tmp_path / f"sql/migrations/{B}.sql").write_text(
        "create table b as select current_setting('transaction_isolation')"
    )
    assert [one.id for one in runner.apply(url, project, Options())] == [B]
    assert rows(target, "select * from b") == [("read committed",)]


INDEX: Files = {"20260102000000_i": "-- transactional: false\ncreate index concurrently on t1 (id)"}


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "size"), [("transaction", 20), ("session", 2)])
def test_twenty_runs_at_once_through_a_pooler(
    mode: str, size: int, pool: Callable[..., str], target: str, tmp_path: Path
) -> None:
    files = {**TWELVE, **INDEX} if mode == "session" else TWELVE
    project, url = write_history(tmp_path, files), pool(mode, size)
    answers = [ended(process) for process in [start(project, "apply", "-u", url) for _ in range(20)]]
    assert [(answer.code, answer.err) for answer in answers if answer.code] == []
    assert sum(answer.out.count(": applied in ") for answer in answers) == len(files)
    assert value(target, "select count(*) from schema_tools.log") == len(files)
    assert applied(target) == list(files)
    assert _locks(target) == 0


@pytest.mark.parametrize("size", [1, 20])
def test_outside_a_transaction_a_pooler_is_refused(
    size: int, pool: Callable[..., str], target: str, tmp_path: Path
) -> None:
    project, url = write_history(tmp_path, {**TWELVE, **INDEX}), pool("transaction", size)
    answer = call(project, "apply", "-u", url)
    assert answer.code == 2
    assert "20260102000000_i.sql runs outside a transaction, which a connection pooler cannot protect" in answer.err
    assert "pass the direct address with --url" in answer.err
    assert applied(target) == []
    assert call(project, "apply", "-u", target).code == 0
    assert applied(target) == [*TWELVE, *INDEX]


@pytest.mark.parametrize("size", [1, 20])
def test_a_session_pooler_protects_it(size: int, pool: Callable[..., str], target: str, tmp_path: Path) -> None:
    project, url = write_history(tmp_path, {**TWELVE, **INDEX}), pool("session", size)
    assert call(project, "apply", "-u", url).code == 0
    assert applied(target) == [*TWELVE, *INDEX]


def test_a_full_pool_of_others_is_no_proof(pool: Callable[..., str], target: str, tmp_path: Path) -> None:
    url = pool("transaction", 2)
    with database.connect(url) as ours, database.connect(url) as other, database.connect(url) as another:
        ours.execute("select 1")
        for one in (other, another):
            one.execute("begin")
        timer = threading.Timer(2.0, lambda: other.execute("commit"))
        timer.start()
        assert database.shares_session(ours, lambda: database.connect(url))
        timer.join()


def test_other_clients_of_a_pooler_keep_their_settings(pool: Callable[..., str], target: str, tmp_path: Path) -> None:
    files = {A: "create schema other; set search_path = other; set statement_timeout = 60000; create temp table t ()"}
    project, url = write_history(tmp_path, files), pool("transaction")
    with database.connect(url) as other:
        other.execute("prepare p as select 1")
        assert call(project, "apply", "-u", url).code == 0
        settings = "select current_setting('search_path'), current_setting('statement_timeout')"
        assert other.execute(settings).fetchall() == [('"$user", public', "0")]
        assert other.execute("select name from pg_prepared_statements").fetchall() == [("p",)]
    assert rows(target, "select relname from pg_class where relname = 't'") == []


@pytest.mark.parametrize("command", ["apply", "drift-check --actual live"])
def test_a_pooler_without_transactions_is_refused(
    command: str, pool: Callable[..., str], target: str, tmp_path: Path
) -> None:
    answer = call(write_history(tmp_path, AB), *command.split(), "-u", pool("statement"))
    assert answer.code == 2
    assert "transaction blocks not allowed in statement pooling mode: set the pooler's pool_mode" in answer.err
    assert not value(target, "select to_regclass('schema_tools.log')")


def test_who_goes_without_a_word_is_given_up(empty_url: str, tmp_path: Path) -> None:
    with database.connect(f"{empty_url}&keepalives_idle=7") as connection:
        asked = {key: value for key, value in connection.info.get_parameters().items() if key in database.ALIVE}
        assert asked == {**{key: str(value) for key, value in database.ALIVE.items()}, "keepalives_idle": "7"}
    set_by = "select name from pg_settings where name ~ '^tcp_' and source = 'session' order by 1"
    apply(empty_url, write_history(tmp_path, {A: "select 1", B: f"create table public.seen as {set_by}"}))
    names = ["tcp_keepalives_count", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout"]
    assert [name for (name,) in rows(empty_url, "select name from public.seen")] == names


def test_a_transaction_whose_session_has_ended_is_left_without_a_word(empty_url: str) -> None:
    code = """
import sys
from tools import database
with database.connect(sys.argv[1]) as one, database.connect(sys.argv[1]) as other, one.transaction(force_rollback=True):
    other.execute("select pg_terminate_backend(%s, 5000)", [one.info.backend_pid])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, empty_url],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
