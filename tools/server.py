"""A private PostgreSQL server in a moment: started on a copy of a cached data directory that initdb made once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.binaries import Binaries, find_binaries, within_reach
from tools.directories import Account, add_data, cache_directory, own, places, server_account
from tools.errors import Trouble
from tools.postmaster import NotStarted, Server, abandoned, age, environment, launch, why

__all__ = ["Binaries", "Server", "cache_directory", "find_binaries", "prune", "start"]

Prepare = Callable[[Server], None]

# Sorting is by code point everywhere and messages are English; LETTERS lets lower() and the word parser know all
# letters, and since 17 the server brings them itself. Checksums and syncing protect data worth keeping.
INITDB = (
    "--username=postgres",
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--wal-segsize=1",
    "--no-sync",
    "--no-instructions",
)
INITDB_SINCE = {17: ("--locale-provider=builtin", "--builtin-locale=C.UTF-8"), 18: ("--no-data-checksums",)}
LETTERS = "--lc-ctype=C.UTF-8"
IDLE = 600.0  # seconds; what was used since then is not pruned, because somebody may be copying it


def start(
    *,
    binaries: Binaries | None = None,
    key: str = "",
    prepare: Prepare | None = None,
    tcp: bool = False,
    max_connections: int = 50,
) -> Server:
    """Start a private server on a copy of a cached data directory.

    Without a key it is the empty one that initdb makes. With a key (a hash of all that `prepare` depends on) it is the
    one that `prepare(server)` filled; it is called when the cache does not have it. The server listens on a socket that
    only we can reach, with `tcp` also on 127.0.0.1, with a password. ``create database … template … strategy
    file_copy`` is the fastest copy on it: its two checkpoints cost nothing where nothing is synced.
    """
    prune()
    account = server_account()
    programs = within_reach(binaries or find_binaries(), account)
    try:
        template = _template(programs, account, key, prepare)
        return launch(programs, account, template, tcp=tcp, max_connections=max_connections)
    except NotStarted:  # a crash of the machine may have damaged the cache, which is not synced: make it again
        for name in (key, ""):
            shutil.rmtree(_path(programs, account, name), ignore_errors=True)
    template = _template(programs, account, key, prepare)
    return launch(programs, account, template, tcp=tcp, max_connections=max_connections)


def prune(keep: int = 8) -> None:
    """Remove what dead clients left, and the templates that were not used lately except the newest few."""
    for place in places():
        if abandoned(place):
            shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        found = sorted((cache_directory() / "templates").iterdir(), key=age)
        kept = [path for path in found if path.is_dir() and not path.name.startswith("incoming-")][:keep]
        for path in found:
            if path not in kept and age(path) > IDLE:
                _remove(path)


def _path(binaries: Binaries, account: Account, key: str) -> Path:
    """Return where the template for the key is, or will be: all that it depends on is in its name."""
    size = binaries.postgres.stat().st_size
    recipe = repr((binaries.version, size, account.uid, INITDB, INITDB_SINCE, LETTERS, key))
    name = f"{binaries.version}-{hashlib.sha256(recipe.encode()).hexdigest()[:24]}"
    return own(cache_directory() / "templates") / name


def _template(binaries: Binaries, account: Account, key: str, prepare: Prepare | None) -> Path:
    """Return the template to copy, made if it is not there; the others wait for the one that makes it."""
    path = _path(binaries, account, key)
    if not path.is_dir():
        empty = _template(binaries, account, "", None) if key else None
        with _locked(path.with_name(f"{path.name}.lock")):
            if not path.is_dir():
                _make(path, binaries, account, empty, prepare)
    with suppress(OSError):
        os.utime(path)
    return path


def _make(path: Path, binaries: Binaries, account: Account, empty: Path | None, prepare: Prepare | None) -> None:
    """Make a template under another name, then rename it: nobody sees it half made."""
    incoming = path.with_name(f"incoming-{secrets.token_hex(8)}")
    try:
        incoming.mkdir(mode=0o700)
        data = add_data(incoming, account)
        if empty is None:
            _initdb(data, binaries, account)
        else:
            _prepare(data, binaries, account, empty, prepare)
        incoming.rename(path)
    except OSError as error:
        if not path.is_dir():  # else another made it, and the rename said so
            raise Trouble(f"cannot fill the cache: {error}: set TOOLS_CACHE_DIR to another directory") from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _prepare(data: Path, binaries: Binaries, account: Account, empty: Path, prepare: Prepare | None) -> None:
    with launch(binaries, account, empty, tcp=False, max_connections=50) as server:
        if prepare:
            prepare(server)
        server.shut_down()
        done = _run_as(account, ["cp", "-R", f"{server.data}/.", str(data)])
    if done.returncode:
        raise Trouble(f"cannot fill the cache: {why(done.stderr)}")


def _initdb(data: Path, binaries: Binaries, account: Account) -> None:
    since = [option for major, options in INITDB_SINCE.items() if binaries.major >= major for option in options]
    command = [*_passwd_entry(account), str(binaries.initdb), "-D", str(data), *INITDB, *since]
    done = _run_as(account, [*command, LETTERS])
    if "invalid locale name" in done.stderr:  # a system without C.UTF-8, like older macOS
        done = _run_as(account, command)
    if done.returncode and "unshare" in command:
        raise Trouble(_nameless(account))
    if done.returncode:
        raise Trouble(f"initdb failed: {why(done.stderr)}")


def _passwd_entry(account: Account) -> list[str]:
    """Return the words before initdb that give it a user with a passwd entry; none where the account has one.

    A container may run as any uid. In a user namespace, where the kernel allows one, that uid goes by the name of
    nobody. Only initdb asks for a name (get_id() in initdb.c), the server does not.
    """
    try:
        pwd.getpwuid(account.uid)
    except KeyError:
        if shutil.which("unshare") is None:
            raise Trouble(_nameless(account)) from None
        return ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
    return []


def _nameless(account: Account) -> str:
    return (
        f"initdb needs a user with a passwd entry, and uid {account.uid} has none: "
        "run as a user that the system knows, or pass --scratch-url"
    )


def _run_as(account: Account, command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=environment(),
            umask=0o077,
            **account.switch,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Trouble(f"cannot run {command[0]}: {error}: pass --scratch-url") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
