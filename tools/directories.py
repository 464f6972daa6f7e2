"""Directories of our own: the cache and a server's place to run, who owns them and who may enter."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.errors import Trouble

ROOM_IN_MEMORY = 2**30  # a container's /dev/shm has 64 MB by default: a migrated, seeded database would fill it
LONGEST_ROOT = 55  # struct sockaddr_un has 104 bytes on macOS, 108 on Linux; our own part of the path takes 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who runs the server: ourselves, or `nobody` where we are root, because PostgreSQL refuses to run as uid 0."""

    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, Any]:
        """Return the arguments of `subprocess.Popen` that make a child run as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """Return the account that the server runs as.

    For root it is `nobody`: it has a passwd entry, which initdb asks for, and it owns nothing on the machine. The
    account of an installed server would be wrong: it owns real databases, and migrations can read and write files.
    """
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid())
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "postgres refuses to run as root and there is no user nobody to run it as: "
            "run as an ordinary user, or pass --scratch-url"
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def cache_directory() -> Path:
    """Return the directory that outlives a run; it is ours alone to write.

    The order: ``TOOLS_CACHE_DIR``, ``XDG_CACHE_HOME/schema-tools``, ``~/.cache/schema-tools``, and a directory below
    the temporary one where no home is writable. For root ``/var/cache/schema-tools`` stands in for the home, which only
    root may enter: the server runs as somebody else and must get in.
    """
    if explicit := os.environ.get("TOOLS_CACHE_DIR"):
        path = Path(explicit).expanduser().resolve()
        if problem := _unfit(path):
            raise Trouble(f"cannot use TOOLS_CACHE_DIR {path}: {problem}")
        try:
            return own(path)
        except OSError as error:
            raise Trouble(f"cannot use TOOLS_CACHE_DIR {path}: {error.strerror}") from error
    for path in _cache_candidates():
        if not _unfit(path):
            with suppress(OSError):
                return own(path)
    raise Trouble("found no directory for the cache: set TOOLS_CACHE_DIR to one that only you can write to")


def own(path: Path) -> Path:
    """Make the directory, or check that an existing one is ours and that nobody else can write to it.

    A predictable path below a directory that everybody can write to could have been planted: what lies in it is
    executed, so its owner and mode are looked at without following a link.
    """
    for directory in reversed((path, *path.parents)):
        if not directory.exists():
            _make(directory)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise Trouble(f"{path} is not a directory of ours: remove it, or set TOOLS_CACHE_DIR to another one")
    if status.st_mode & 0o022:
        raise Trouble(f"others can write to {path}: run chmod go-w on it, or set TOOLS_CACHE_DIR to another directory")
    return path


def reachable(path: Path, account: Account) -> bool:
    """Tell whether the account can pass through every directory down to the path; groups and ACLs do not count."""
    if account.uid == os.geteuid():
        return True
    return all(_passes(directory, account) for directory in (path, *path.parents) if directory.exists())


def new_place(account: Account) -> Path:
    """Make a directory with a fresh name for one server, holding the empty `data` that belongs to the account."""
    place = Path(tempfile.mkdtemp(prefix=place_prefix(), dir=_running_root(account)))
    try:
        add_data(place, account)
    except BaseException:
        shutil.rmtree(place)
        raise
    return place


def add_data(directory: Path, account: Account) -> Path:
    """Make `data` in a directory of ours, for the account alone."""
    data = directory / "data"
    data.mkdir(mode=0o700)
    if account.uid != os.geteuid():
        try:
            os.chown(data, account.uid, account.gid)
        except OSError as error:  # a container's root without the capability, or without that user
            raise Trouble(
                f"cannot run a server as nobody ({error}): run as another user, or pass --scratch-url"
            ) from error
        directory.chmod(0o711)
    return data


def places() -> Iterator[Path]:
    """Yield the directories that servers of ours run in, or ran in and left."""
    for root in _running_roots():
        for path in root.glob(f"{place_prefix()}*"):
            try:
                status = path.lstat()
            except FileNotFoundError:  # its server ended meanwhile, and took it along
                continue
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
                yield path


def place_prefix() -> str:
    """Return how the names of our running servers' directories begin."""
    return f"schema-tools-{os.geteuid()}-"


def _cache_candidates() -> Iterator[Path]:
    if (xdg := os.environ.get("XDG_CACHE_HOME", "")).startswith("/"):
        yield Path(xdg).resolve() / "schema-tools"
    home = os.path.expanduser("~")
    if os.geteuid() == 0:
        yield Path("/var/cache/schema-tools")
    elif home.startswith("/") and home != "/":
        yield Path(home).resolve() / ".cache" / "schema-tools"
    yield Path(tempfile.gettempdir()).resolve() / f"schema-tools-{os.geteuid()}"


def _make(directory: Path) -> None:
    """Make the directory; it gets its name when its mode is right, since others who start now look at it."""
    fresh = Path(tempfile.mkdtemp(prefix=".schema-tools-", dir=directory.parent))
    fresh.chmod(0o711 if os.geteuid() == 0 else 0o700)  # the server's account passes, and cannot list
    try:
        fresh.rename(directory)
    except OSError:  # another made it first, or planted something: own() looks at what is there
        fresh.rmdir()


def _unfit(path: Path) -> str:
    """Return why the directory cannot hold what root runs; an empty string where it can."""
    if os.geteuid() != 0:
        return ""
    for directory in (parent for parent in path.parents if parent.exists()):
        status = directory.stat()
        replaceable = status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX
        if status.st_uid != 0 or replaceable:
            return f"somebody else than root can replace what is below {directory}"
    if not reachable(path, server_account()):
        return "the server runs as nobody, who cannot enter it"
    return ""


def _passes(directory: Path, account: Account) -> bool:
    status = directory.stat()
    return bool(status.st_mode & (0o100 if status.st_uid == account.uid else 0o001))


def _running_roots() -> tuple[Path, ...]:
    """Return where servers may run: in memory (no disk is written, no journal waited for), else on the disk."""
    roots = (Path("/dev/shm"), Path(tempfile.gettempdir()).resolve(), Path("/tmp"))  # noqa: S108 (mkdtemp below them)
    return tuple(dict.fromkeys(root for root in roots if root.is_dir() and os.access(root, os.W_OK | os.X_OK)))


def _running_root(account: Account) -> Path:
    for root in _running_roots():
        short = len(str(root)) <= LONGEST_ROOT
        roomy = root != Path("/dev/shm") or shutil.disk_usage(root).free >= ROOM_IN_MEMORY  # noqa: S108
        if short and roomy and reachable(root, account):
            return root
    raise Trouble("found no directory to run a server in: set TMPDIR to one with a short name, or pass --scratch-url")
