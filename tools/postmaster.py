"""One running server of our own: its guard, its settings, its connection string, its end."""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import time
import weakref
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from tools.binaries import Binaries
from tools.directories import Account, new_place
from tools.errors import Trouble

PATIENCE = 60.0  # seconds for a start or a stop on a machine that is busy with other things
PORT = 5432  # every server has a socket directory of its own, so the number that everybody knows will do
# Nothing here outlives the client: nothing is synced, and no process runs that has nothing to do
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "2MB",
    "max_wal_size": "128MB",
    "autovacuum": "off",
    "max_worker_processes": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "0",
    "shared_buffers": "32MB",
    "max_locks_per_transaction": "512",  # a thousand tables made, or dropped, in one transaction
    "superuser_reserved_connections": "0",
    "huge_pages": "off",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
}
SINCE = {18: {"io_method": "sync"}}  # else three workers start, for reads that the kernel answers at once
# The guard stands between us and the server. Our end of its standard input is the leash: a word on it says how to end
# the server; when we are gone, however we died, it reads the end of the file, and removes what was ours as well. Ctrl-C
# and a closed terminal are ours to handle first, hence the trap; the server sets its own handlers. A server without
# postmaster.pid has not set them yet, and a shell's background process ignores SIGQUIT until then: it is killed, and
# loses nothing. Our end of the standard output closes when the last process of the server has ended. The guard runs as
# the server's account, so that no link in the data directory can lead root astray.
GUARD = """
trap '' HUP INT TERM
place=$1 template=$2
shift 2
cp -R "$template/." "$place/data" || exit 1
"$@" &
server=$!
exec >/dev/null
gone=
read -r signal || gone=yes signal=QUIT
test -e "$place/data/postmaster.pid" || signal=KILL
kill -s "$signal" $server 2>/dev/null
wait $server
status=$?
test -z "$gone" || rm -rf "$place/data" "$place" 2>/dev/null
exit $status
"""


class NotStarted(Trouble):
    """The server ended, or stayed silent, before it took connections; its template may be damaged."""


class Server:
    """A running server of our own; it ends with the `with` block, with `stop()`, or with this process."""

    def __init__(self, *, binaries: Binaries, account: Account, port: int = PORT) -> None:
        self.binaries = binaries
        self._place = new_place(account)
        self.data = self._place / "data"
        self.host = str(self.data)  # the socket lies in the data directory, which is closed to everybody else
        self.port = port
        self._account = account
        self._password = ""
        self._log = ""
        self._lock = _hold(self._place)
        self._leash = self._alive = -1
        self._guard: subprocess.Popen[bytes] | None = None
        LIVE.add(self)
        atexit.register(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        """Return the connection string of a database."""
        name = quote(database, safe="")
        address = "127.0.0.1" if self._password else ""
        # libpq would take the address from the environment, past our host, and reach a database that is not scratch
        hostaddr = {"hostaddr": address} if {"PGHOSTADDR", "PGSERVICE"} & os.environ.keys() else {}
        if self._password:
            query = f"?{urlencode(hostaddr)}" if hostaddr else ""
            return f"postgresql://postgres:{self._password}@{self.host}:{self.port}/{name}{query}"
        return f"postgresql://postgres@/{name}?{urlencode({'host': self.host, 'port': self.port, **hostaddr})}"

    def log(self) -> str:
        """Return what the server logged, the last 64 kB of it; after `stop()` too."""
        with suppress(OSError), (self._place / "log").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 65536))
            self._log = file.read().decode(errors="replace")
        return self._log

    def stop(self) -> None:
        """End the server at once and remove its directory; a second call does nothing, nor does a forked child's."""
        if self._lock < 0:  # let go already, here or because this is a forked child
            return
        atexit.unregister(self.stop)
        try:
            self._end("QUIT\n")
        finally:
            self.log()
            shutil.rmtree(self._place, ignore_errors=True)
            self.let_go()

    def shut_down(self) -> None:
        """End the server cleanly, so that its data directory needs no recovery, and leave the directory to `stop()`."""
        if self._end("INT\n") != 0:
            raise Trouble(f"the embedded server did not shut down cleanly: {why(self.log())}")

    def let_go(self) -> None:
        """Close what ties this process to the server."""
        self._leash, self._alive, self._lock = _closed(self._leash), _closed(self._alive), _closed(self._lock)

    def run(self, template: Path, settings: dict[str, str]) -> None:
        """Start the guard, and with it the server on a copy of the template; return when it takes connections."""
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [str(self.binaries.postgres), "-D", str(self.data), *options]
        held, self._leash = os.pipe()
        self._alive, alive = os.pipe()
        try:
            with (self._place / "log").open("wb") as log:
                self._guard = subprocess.Popen(
                    ["/bin/sh", "-c", GUARD, "schema-tools", str(self._place), str(template / "data"), *command],
                    stdin=held,
                    stdout=alive,
                    stderr=log,
                    cwd=self._place,
                    env=environment(),
                    start_new_session=True,
                    umask=0o077,
                    **self._account.switch,
                )
        except (OSError, subprocess.SubprocessError) as error:
            raise Trouble(f"cannot run the embedded server: {error}: pass --scratch-url") from error
        finally:
            os.close(held)
            os.close(alive)
        self._await()

    def set_password(self) -> None:
        """Give the superuser a password and use the port: everybody on the machine can reach a port."""
        import psycopg
        from psycopg import sql

        password = secrets.token_urlsafe(16)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("alter role postgres password {}").format(password))
        self.host, self._password = "127.0.0.1", password

    def _await(self) -> None:
        """Wait until the server takes connections: it says so in the eighth line of postmaster.pid (pidfile.h)."""
        deadline = time.monotonic() + PATIENCE
        while _pid_file(self.data)[7:8] != ["ready"]:
            if self._ended(0.001):
                raise self._not_started("did not start")
            if time.monotonic() > deadline:
                raise self._not_started(f"did not start within {PATIENCE:.0f} seconds")

    def _not_started(self, what: str) -> Trouble:
        root = self._place.parent
        if shutil.disk_usage(root).free < 2**20:  # then there was no room for a message either
            return Trouble(f"the embedded server {what}: no space left in {root}: free some, or pass --scratch-url")
        return NotStarted(f"the embedded server {what}: {why(self.log())}")

    def _ended(self, timeout: float) -> bool:
        """Wait for the last process of the server to end, at most so many seconds; tell whether it has."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._alive, selectors.EVENT_READ)
            return bool(selector.select(timeout))

    def _end(self, word: str) -> int:
        """Let go of the leash, with a word for the guard; return the server's exit status."""
        if self._guard is None:
            return 0
        with suppress(OSError):
            os.write(self._leash, word.encode())
        self._leash = _closed(self._leash)
        try:
            status = self._guard.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            status = self._guard.wait()
        if not self._ended(0):
            self._quit()
        return status

    def _quit(self) -> None:
        """End a server that has lost its guard; while it lives the number in its own file is its own."""
        with suppress(OSError, ValueError, IndexError):
            os.kill(int(_pid_file(self.data)[0]), signal.SIGQUIT)
            self._ended(PATIENCE)


LIVE: weakref.WeakSet[Server] = weakref.WeakSet()


def launch(binaries: Binaries, account: Account, template: Path, *, tcp: bool, max_connections: int) -> Server:
    """Start a server on a copy of the template's data directory."""
    server = Server(binaries=binaries, account=account, port=_free_port() if tcp else PORT)
    settings = SETTINGS | {"max_connections": str(max_connections), "port": str(server.port)}
    settings |= {"listen_addresses": "127.0.0.1" if tcp else "", "unix_socket_directories": server.host}
    for major, more in SINCE.items():
        settings |= more if binaries.major >= major else {}
    try:
        server.run(template, settings)
        if tcp:
            server.set_password()
    except BaseException:
        server.stop()
        raise
    return server


def environment() -> dict[str, str]:
    """Return what PostgreSQL's programs need of our environment: none of libpq's variables, and no secrets."""
    kept = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
    path = os.pathsep.join(filter(None, (os.environ.get("PATH"), os.defpath)))
    return {"PATH": path, "HOME": "/", "LC_ALL": "C", "TZ": "UTC"} | kept


def why(log: str) -> str:
    """Return the part of a program's last words that says why it failed, and a way out.

    >>> why('2026-01-01 00:00:00.000 UTC [1] FATAL:  could not write: No space left on device')
    'could not write: No space left on device: free some space, or pass --scratch-url'
    """
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    grave = [line for line in lines if re.search(r"\b(?:FATAL|PANIC|HINT|error): |^cp: ", line)] or lines
    said = " / ".join(re.sub(r"^.*?\b(?:FATAL|PANIC|HINT|error): +", "", line) for line in grave[-3:])
    way_out = "free some space, or pass --scratch-url" if "No space left" in said else "pass --scratch-url"
    return f"{said or 'it left no message'}: {way_out}"


def abandoned(place: Path) -> bool:
    """Tell whether the process that started a server in this directory is gone: then nobody holds its lock."""
    try:
        file = os.open(place / "lock", os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return age(place) > PATIENCE
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(file)


def age(path: Path) -> float:
    """Return the seconds since the path was last changed or used; 0 where it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _hold(place: Path) -> int:
    """Hold a lock for as long as this process lives; it gets its name when it is held, so no one finds it free."""
    fresh = place / "lock.fresh"
    file = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    fresh.rename(place / "lock")
    return file


def _pid_file(data: Path) -> list[str]:
    try:
        file = os.open(data / "postmaster.pid", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        return [line.strip() for line in os.read(file, 4096).decode(errors="replace").split("\n")]
    finally:
        os.close(file)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _closed(file: int) -> int:
    if file >= 0:
        os.close(file)
    return -1


def _let_go_in_child() -> None:
    """Let a forked child hold neither leash nor lock: the server ends with the process that started it."""
    for server in list(LIVE):
        server.let_go()


os.register_at_fork(after_in_child=_let_go_in_child)
