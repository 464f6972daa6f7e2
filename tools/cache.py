"""Catalogs, and values made of them, kept from one run to the next, each found by all that it was made of."""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tools import __version__, catalog, directories, files, looks
from tools.catalog import Catalog
from tools.errors import Trouble
from tools.rows import uncollected

MOST_VALUES = 256  # each a history's
MOST = 64  # catalogs: the branches and the half-applied databases of a few days
IDLE = 3600.0  # seconds; what was used since then stays, because somebody may be about to read it


def key(*parts: str) -> str:
    """Return the hash of what a catalog is made of, and of our own code, which makes it."""
    return hashlib.sha256("\0".join((__version__, _code(), *parts)).encode()).hexdigest()


def find(name: str) -> Catalog | None:
    """Return the catalog of this key, where one is kept and all that it was made of is what it was."""
    path = _folder() / f"{name}.json"
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        kept = json.loads(head)
        if kept["checksum"] != zlib.crc32(body) or not looks.same(kept["stamps"]):
            return None
        found = catalog.from_rows(
            lambda: _rows(body),
            kept["counts"],
            server_version=kept["server_version"],
            unread=tuple(kept["unread"]),
            digests=tuple(kept["digests"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # never made, just pruned, or damaged
        return None
    with suppress(OSError):
        os.utime(path)
    return found


def keep(name: str, found: Catalog, seen: looks.Looks | None = None) -> None:
    """Keep a catalog under this key, as long as what was looked at stays what it is.

    The rows are on a line of their own, which is read when one of them is wanted.
    """
    rows = catalog.to_rows(found)
    body = _encoded(rows)
    head = {
        "server_version": found.server_version,
        "unread": found.unread,
        "digests": found.digests,
        "stamps": (seen or looks.Looks()).stamps(),
        "counts": {member: len(some) for member, some in rows.items()},
        "checksum": zlib.crc32(body),
    }
    _write(_folder() / f"{name}.json", _encoded(head) + b"\n" + body)
    prune()


def find_value(name: str) -> Any | None:
    """Return what else is kept under a key: plain values."""
    try:
        return json.loads((_folder("values") / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None


def keep_value(name: str, value: Any) -> None:
    """Keep a plain value under a key."""
    folder = _folder("values")
    _write(folder / f"{name}.json", _encoded(value))
    prune(MOST_VALUES, folder)


def prune(most: int = MOST, folder: Path | None = None) -> None:
    """Remove what was not used lately, except the newest; several processes may do so at a time."""
    ages: dict[Path, float] = {}
    for path in (folder or _folder()).iterdir():
        with suppress(OSError):  # another removed it first
            ages[path] = time.time() - path.stat().st_mtime
    for path in sorted(ages, key=lambda path: ages[path])[most:]:
        if ages[path] > IDLE:
            path.unlink(missing_ok=True)


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _rows(body: bytes) -> Any:
    with uncollected():
        return json.loads(body)


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted((*catalog.QUERIES.glob("*.sql"), *catalog.QUERIES.parent.glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file that is ours alone; what there is no room for is made again the next time."""
    with suppress(Trouble):
        files.write(path, content, mode=0o600)


def _folder(name: str = "catalogs") -> Path:
    return directories.own(directories.cache_directory() / name)
