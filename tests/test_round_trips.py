"""How often a run waits for the network and for the disk: counted by a proxy and by the server, never timed."""

from __future__ import annotations

import selectors
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

import pytest
from psycopg import conninfo
from tiny import apply, call, ended, rows, start, value, wait_for_query, write_history

from tools import catalog, database, history, migrations, postmaster, runner, scratch, server
from tools.config import Project
from tools.errors import Trouble

FILES = {f"2026010100{n:02}00_t{n}": (f"create table t{n} (id int)", f"drop table t{n}") for n in range(30)}
FEW, MANY = dict(list(FILES.items())[:5]), FILES
FLUSHES = {  # 18 moved them; the key: whether this is 18 or newer
    True: "select sum(fsyncs)::int from pg_stat_io where object = 'wal'",
    False: "select wal_sync from pg_stat_wal",
}


class Proxy:
    """A relay on loopback that counts connections, and the server's ReadyForQuery: each ends one wait of the client."""

    def __init__(self, url: str) -> None:
        where = database.parse(url)
        self._host, self._port = str(where.get("host") or "localhost"), int(where.get("port") or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        parameters: dict[str, str] = {key: str(where[key]) for key in ("user", "password", "dbname") if key in where}
        parameters |= {"host": "127.0.0.1", "port": str(self._listener.getsockname()[1])}
        parameters |= {"sslmode": "disable", "gssencmode": "disable"}  # else there are bytes to see, and no messages
        self.url = conninfo.make_conninfo(**parameters)
        self.connections = self.waits = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._relay, args=[client], daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, self._connected() as behind, selectors.DefaultSelector() as selector:
            unread = b""
            selector.register(client, selectors.EVENT_READ, behind)
            selector.register(behind, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select():
                    source: socket.socket = key.fileobj  # type: ignore[assignment]
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is behind:
                        unread = self._count(unread + data)
                    key.data.sendall(data)

    def _connected(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        behind = socket.socket(socket.AF_UNIX)
        behind.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return behind

    def _count(self, data: bytes) -> bytes:
        """Count what is whole and return the rest; a message is one byte of type, four of length, and its body."""
        while len(data) >= 5 and len(data) > (length := int.from_bytes(data[1:5], "big")):
            self.waits += data[:1] == b"Z"
            data = data[1 + length :]
        return data


@contextmanager
def counted(url: str) -> Iterator[Proxy]:
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()


def waits(url: str, work: Callable[[str], object]) -> int:
    """Return how often the work waits for the server, the start of its one connection included."""
    with counted(url) as proxy:
        work(proxy.url)
    assert proxy.connections == 1
    return proxy.waits


def test_the_proxy_counts(empty_url: str) -> None:
    def three(url: str) -> None:
        with database.connect(url) as connection:
            connection.execute("select 1; select 2")
            connection.execute("select %s::text", ["Z" * 100_000])
            connection.execute("select 3")

    with counted(empty_url) as proxy:
        three(proxy.url)
        assert (proxy.connections, proxy.waits) == (1, 4)
        three(proxy.url)
        assert (proxy.connections, proxy.waits) == (2, 8)


def test_one_wait_a_migration(make_database: Callable[[str], str], tmp_path: Path) -> None:
    few, many = write_history(tmp_path / "few", FEW), write_history(tmp_path / "many", MANY)
    first = waits(make_database(""), lambda url: apply(url, few))
    second = waits(make_database(""), lambda url: apply(url, many))
    assert second - first == len(MANY) - len(FEW)


def test_one_wait_a_rollback(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, MANY)
    apply(empty_url, project)

    def back(count: int) -> int:
        return waits(empty_url, lambda url: runner.roll_back(url, project, runner.Options(), count=count))

    assert back(20) - back(10) == 10


@pytest.mark.parametrize("command", [("apply", "--yes"), ("status",), ("plan",)], ids=lambda command: command[0])
def test_nothing_to_do_is_one_connection_and_one_question(
    command: tuple[str, ...], empty_url: str, tmp_path: Path
) -> None:
    project = write_history(tmp_path, MANY)
    apply(empty_url, project)

    def ask(url: str) -> None:
        assert call(project, *command, "--url", url).code == 0

    assert waits(empty_url, ask) == 2


def test_a_new_file_costs_few_waits_more_than_nothing(empty_url: str, tmp_path: Path) -> None:
    apply(empty_url, write_history(tmp_path, FEW))
    project = write_history(tmp_path, dict(list(FILES.items())[:6]))
    assert waits(empty_url, lambda url: apply(url, project)) <= 7


def test_a_catalog_is_one_question(database_url: str, empty_url: str) -> None:
    def read(url: str) -> None:
        with database.connect(url) as connection:
            catalog.read(connection)

    assert waits(empty_url, read) == waits(database_url, read) == 4  # the connection, begin, the question, rollback


@pytest.fixture
def durable_url() -> Iterator[str]:
    """The URL of a server that syncs what it commits, as a real one does; the scratch server syncs nothing."""
    try:
        binaries = server.find_binaries(scratch.configured(None, None).bindir)
    except Trouble as missing:
        pytest.skip(str(missing))
    durable = {"fsync": "on", "synchronous_commit": "on", "wal_writer_delay": "10s"}  # it shall not flush in our place
    with mock.patch.dict(postmaster.SETTINGS, durable), server.start(binaries=binaries) as running:
        yield running.url()


def flushes(url: str) -> int:
    """Return how often the log was flushed to disk; the numbers of a session arrive when it ends, or a second later."""
    rows(url, "select pg_stat_force_next_flush()")
    newer = value(url, "select current_setting('server_version_num')::int >= 180000")
    return int(value(url, FLUSHES[newer]))


def flushed_by(url: str, work: Callable[[], object]) -> int:
    before = flushes(url)
    work()
    return flushes(url) - before


def test_a_run_is_flushed_at_its_end(durable_url: str, tmp_path: Path) -> None:
    project: Project = write_history(tmp_path, FEW)
    apply(durable_url, project)
    many = write_history(tmp_path, MANY)
    added = len(MANY) - len(FEW)
    assert 1 <= flushed_by(durable_url, lambda: apply(durable_url, many)) <= added // 4
    assert flushed_by(durable_url, lambda: apply(durable_url, many)) <= 1


def test_what_was_done_before_a_failure_is_flushed(durable_url: str, tmp_path: Path) -> None:
    apply(durable_url, write_history(tmp_path, FEW))
    project = write_history(tmp_path, {**dict(list(MANY.items())[:6]), "20270101000000_bad": "select 1 / 0"})

    def fail() -> None:
        with pytest.raises(Trouble, match="division by zero"):
            apply(durable_url, project)

    assert flushed_by(durable_url, fail) >= 1
    assert value(durable_url, "select count(*) from _yoyo_migration") == 6


def test_what_was_done_before_an_interruption_is_flushed(durable_url: str, tmp_path: Path) -> None:
    apply(durable_url, write_history(tmp_path, FEW))
    project = write_history(tmp_path, {**dict(list(MANY.items())[:6]), "20270101000000_long": "select pg_sleep(20)"})

    def interrupt() -> None:
        process = start(project, "apply", "-u", durable_url)
        wait_for_query(durable_url, "pg_sleep")
        process.send_signal(signal.SIGINT)
        assert ended(process).code == 130

    assert flushed_by(durable_url, interrupt) >= 1
    assert value(durable_url, "select count(*) from _yoyo_migration") == 6


def test_what_was_done_before_another_run_was_faster_is_flushed(durable_url: str, tmp_path: Path) -> None:
    apply(durable_url, write_history(tmp_path, FEW))
    project = write_history(tmp_path, {**FEW, "20270101000000_new": "create table fresh ()"})
    files = migrations.read(project)
    steps = tuple(history.Step(migration=one, operation="apply") for one in (files[-1], files[0]))
    assert flushed_by(durable_url, lambda: runner.replay(durable_url, project, steps)) >= 1
    assert value(durable_url, "select count(*) from _yoyo_migration") == 6
