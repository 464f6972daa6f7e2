"""One running server: what it is, who reaches it, and that it always ends."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tools import binaries as programs
from tools import directories, postmaster, server
from tools.errors import Trouble

REPOSITORY = Path(__file__).parents[1]
needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
try:
    server.find_binaries()
except Trouble as missing:
    pytest.skip(str(missing), allow_module_level=True)


@pytest.fixture(scope="module", autouse=True)
def cache() -> Iterator[Path]:
    """One cache of our own for the module: the user's is left alone, and initdb runs once."""
    with pytest.MonkeyPatch.context() as patch:
        path = _public_directory()
        patch.setenv("TOOLS_CACHE_DIR", str(path / "cache"))
        yield path / "cache"
        shutil.rmtree(path)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's servers run, and no others."""
    path = _public_directory()
    monkeypatch.setattr(directories, "_running_roots", lambda: (path,))
    yield path
    shutil.rmtree(path)


def test_a_server_answers_and_knows_its_letters() -> None:
    with server.start() as running, psycopg.connect(running.url()) as connection:
        row = connection.execute(
            "select current_setting('server_version'), current_setting('server_encoding'), current_setting('TimeZone'),"
            " lower('ÄÉ'), (select string_agg(x, '' order by x) from unnest(array['b', 'a', 'B', 'ä', 'Z']) as t (x))"
        ).fetchone()
    assert row == (running.binaries.version, "UTF8", "UTC", "äé", "BZabä")


def test_the_url_names_any_database_and_sqlalchemy_understands_it() -> None:
    from sqlalchemy import NullPool, create_engine, text

    with server.start() as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute('create database "a b/ü" strategy file_copy')
        assert conninfo_to_dict(running.url("a b/ü"))["dbname"] == "a b/ü"
        engine = create_engine(running.url("a b/ü").replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
        with engine.connect() as alchemy:
            assert alchemy.execute(text("select current_database()")).scalar() == "a b/ü"


def test_libpq_variables_lead_neither_the_server_nor_its_client_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOSTADDR": "192.0.2.1", "PGDATABASE": "real"}.items():
        monkeypatch.setenv(name, value)
    for tcp in (False, True):
        with server.start(tcp=tcp) as running, psycopg.connect(running.url(), connect_timeout=2) as connection:
            row = connection.execute("select current_setting('data_directory'), current_database()").fetchone()
            assert row == (str(running.data), "postgres")


@needs_proc
def test_the_server_does_not_inherit_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@real/db")
    with server.start() as running:
        pids = _processes(running.data)
        assert pids
        assert not any(b"hunter2" in Path(f"/proc/{pid}/environ").read_bytes() for pid in pids)


def test_only_the_owner_gets_at_the_socket_and_nobody_listens_on_a_port() -> None:
    with server.start() as running:
        status = running.data.stat()
        assert stat.S_IMODE(status.st_mode) == 0o700
        assert status.st_uid == directories.server_account().uid != 0
        with psycopg.connect(running.url()) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_a_port_asks_for_the_password() -> None:
    with server.start(tcp=True) as running:
        with psycopg.connect(running.url()) as connection:
            assert connection.info.host == running.host == "127.0.0.1"
            assert connection.info.port == running.port
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(running.url(), password="guessed")


def test_stop_ends_the_server_removes_its_directory_and_can_be_repeated() -> None:
    running = server.start()
    place = running.data.parent
    with psycopg.connect(running.url()):  # a client that is still there does not hold the server up
        running.stop()
    running.stop()
    assert not place.exists()
    assert not _processes(place)
    assert "ready to accept connections" in running.log()
    assert "received immediate shutdown request" in running.log()
    assert "smart shutdown" not in running.log()


def test_nothing_is_written_to_the_terminal() -> None:
    code = "from tools import server\nwith server.start(tcp=True): pass"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=REPOSITORY, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_many_connections_fit() -> None:
    with server.start(max_connections=7) as running:
        connections = [psycopg.connect(running.url()) for _ in range(7)]
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            psycopg.connect(running.url())
        for connection in connections:
            connection.close()


@needs_proc
def test_the_server_ends_with_a_killed_client_and_the_next_start_cleans_up() -> None:
    client, data = _client("time.sleep(60)")
    assert _processes(data)
    client.kill()
    client.communicate()
    _eventually(lambda: not _processes(data))
    server.start().stop()
    assert not data.parent.exists()


@needs_proc
def test_a_client_killed_while_it_starts_leaves_nothing(root: Path) -> None:
    server.start().stop()
    for delay in range(0, 40, 3):
        _killed("server.start()\ntime.sleep(60)", root, delay / 1000)
    _eventually(lambda: not _processes(root))
    for place in root.iterdir():  # a client may die between making its directory and locking it
        os.utime(place, (0, 0))
    server.prune()
    assert not list(root.iterdir())


@needs_proc
def test_a_server_that_cannot_hear_yet_ends_too(root: Path) -> None:
    """Between the fork and the server's own handlers a shell's background process ignores SIGQUIT."""
    real = programs.within_reach(server.find_binaries(), directories.server_account())
    slow = _public_directory()
    (slow / "postgres").write_text(f'#!/bin/sh\nsleep 1\nexec {real.postgres} "$@"\n')
    (slow / "postgres").chmod(0o755)
    (slow / "initdb").symlink_to(real.initdb)
    chosen = f"server.Binaries(directory=Path({str(slow)!r}), version={real.version!r})"
    _killed(f"server.start(binaries={chosen})", root, 0.7)
    _eventually(lambda: not _processes(root))
    shutil.rmtree(slow)


@needs_proc
def test_a_server_without_its_guard_still_ends() -> None:
    running = server.start()
    assert running._guard
    running._guard.kill()
    running.stop()
    assert not _processes(running.data)
    assert not running.data.exists()


@needs_proc
def test_ctrl_c_is_for_the_client_to_handle() -> None:
    client, data = _client(
        "try: print('ready', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt: print(psycopg.connect(running.url()).execute('select 1').fetchone())"
    )
    assert client.stdout
    assert client.stdout.readline() == "ready\n"
    os.killpg(client.pid, signal.SIGINT)  # what the terminal does
    assert client.communicate(timeout=30)[0] == "(1,)\n"
    assert client.returncode == 0
    assert not data.exists()


@needs_proc
def test_a_forked_child_neither_ends_the_server_nor_keeps_it() -> None:
    client, data = _client(
        "import os, warnings\nwarnings.simplefilter('ignore')\n"
        "if os.fork() == 0: running.stop(); sys.exit()\n"
        "os.wait()\n"
        "print(psycopg.connect(running.url()).execute('select 1').fetchone(), flush=True)\n"
        "if os.fork() == 0: print(os.getpid(), flush=True); time.sleep(30)\n"
        "time.sleep(60)"
    )
    assert client.stdout
    assert client.stdout.readline() == "(1,)\n"
    child = int(client.stdout.readline())
    client.kill()
    client.wait()
    _eventually(lambda: not _processes(data))
    os.kill(child, signal.SIGKILL)
    client.stdout.close()


def test_an_interrupted_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    def interrupt(running: server.Server, timeout: float) -> bool:
        monkeypatch.undo()
        raise KeyboardInterrupt

    server.start().stop()
    monkeypatch.setattr(server.Server, "_ended", interrupt)
    with pytest.raises(KeyboardInterrupt):
        server.start()
    assert not list(root.iterdir())


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setitem(postmaster.SETTINGS, "shared_buffers", "lots")
    with pytest.raises(Trouble, match=r'invalid value for parameter "shared_buffers".*pass --scratch-url'):
        server.start()
    assert not list(root.iterdir())


def test_a_full_disk_is_named_and_costs_no_template(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    server.start().stop()
    kept = [path / "mark" for path in (server.cache_directory() / "templates").iterdir() if path.is_dir()]
    for mark in kept:
        mark.touch()
    monkeypatch.setattr(postmaster, "GUARD", "exit 1")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(Trouble, match=f"no space left in {root}: free some, or pass --scratch-url"):
        server.start()
    assert kept
    assert all(mark.exists() for mark in kept)
    assert not list(root.iterdir())


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("", "it left no message: pass --scratch-url"),
        ("cp: error writing 'x': No space left on device\n", "No space left on device: free some space, or"),
        ("2026-01-01 00:00:00 UTC [7] LOG:  starting\n2026-01-01 00:00:00 UTC [7] FATAL:  boom\n", "boom: pass"),
        ("initdb: error: bad\ninitdb: hint: good\n", "bad: pass --scratch-url"),
        ("one\ntwo\n", "one / two: pass"),
    ],
)
def test_why(log: str, sentence: str) -> None:
    assert sentence in postmaster.why(log)


def _public_directory(uid: int = -1) -> Path:
    """Make a directory that others may pass through, as a cache of root's needs it."""
    path = Path(tempfile.mkdtemp(prefix="schema-tools-test-")).resolve()
    path.chmod(0o711)
    os.chown(path, uid, -1)
    return path


def _killed(code: str, root: Path, seconds: float) -> None:
    """Run a client whose servers run in the root, and kill it so many seconds after it began its work."""
    own_root = f"directories._running_roots = lambda: (Path({str(root)!r}),)"
    head = (
        f"import time\nfrom pathlib import Path\nfrom tools import directories, server\n{own_root}\nprint(flush=True)\n"
    )
    client = subprocess.Popen([sys.executable, "-c", head + code], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert client.stdout
    client.stdout.readline()
    time.sleep(seconds)
    client.kill()
    client.communicate()


def _processes(place: Path) -> list[int]:
    """Return the processes that have the path in their command line or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.fsencode(place) in (process / "cmdline").read_bytes() or str(place) in os.readlink(process / "cwd"):
                found.append(int(process.name))
    return found


def _eventually(holds: Callable[[], bool], patience: float = 3.0) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


# A client starts a server, says where it is, and goes on as told
CLIENT = """
import sys, time, psycopg
from tools import server
running = server.start()
print(running.data, flush=True)
"""


def _client(then: str) -> tuple[subprocess.Popen[str], Path]:
    """Start a Python that starts a server and goes on as told; return it with the server's data directory."""
    code = CLIENT + then
    client = subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert client.stdout
    return client, Path(client.stdout.readline().strip())
