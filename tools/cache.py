"""Catalogs kept from one run to the next, each found by all that it was made of: the unchanged is not made again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import sysconfig
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from stat import S_ISDIR

from tools import __version__, catalog, directories
from tools.catalog import Catalog
from tools.rows import uncollected

MOST = 64  # catalogs: the branches and the half-applied databases of a few days
IDLE = 3600.0  # seconds; what was used since then stays, because somebody may be about to read it
INSTALLED = (sysconfig.get_paths()["stdlib"], f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
# A module with one of these makes its tables of more than files, and nobody could tell when that changes
LOOKS_AROUND = re.compile(rb"\b(?:environb?|getenv|argv|dotenv|BaseSettings|read_text|read_bytes)\b|\b(?:url)?open\(")
# What stands in a function that no import calls, as its author says
ONLY_LATER = re.compile(rb"^.*# not on import$", re.MULTILINE)


def key(*parts: str) -> str:
    """Return the hash of what a catalog is made of, and of our own code, which makes it."""
    return hashlib.sha256("\0".join((__version__, _code(), *parts)).encode()).hexdigest()


def find(name: str) -> Catalog | None:
    """Return the catalog of this key, where one is kept and the files that it was made of are what they were."""
    path = _folder() / f"{name}.json"
    try:
        with uncollected():
            kept = json.loads(path.read_bytes())
        if any(_stamp(file) != stamp for file, stamp in kept["files"].items()):
            return None
        found = catalog.from_rows(kept["rows"], kept["server_version"], kept["unread"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # never made, just pruned, or damaged
        return None
    with suppress(OSError):
        os.utime(path)
    return found


def keep(name: str, found: Catalog, files: Collection[str] = ()) -> None:
    """Keep a catalog under this key, as long as these files and folders stay what they are."""
    kept = {
        "server_version": found.server_version,
        "unread": found.unread,
        "files": {file: _stamp(file) for file in files},
        "rows": catalog.to_rows(found),
    }
    with tempfile.NamedTemporaryFile("w", dir=_folder(), delete=False, encoding="utf-8") as fresh:
        fresh.write(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
    os.replace(fresh.name, _folder() / f"{name}.json")  # another process never sees it half written
    prune()


def prune(most: int = MOST) -> None:
    """Remove what was not used lately, except the newest; several processes may do so at a time."""
    ages: dict[Path, float] = {}
    for path in _folder().iterdir():
        with suppress(OSError):  # another removed it first
            ages[path] = time.time() - path.stat().st_mtime
    for path in sorted(ages, key=lambda path: ages[path])[most:]:
        if ages[path] > IDLE:
            path.unlink(missing_ok=True)


def imported(before: Collection[str]) -> frozenset[str] | None:
    """Return the files that decide what was imported since, and their folders: all that is installed, and the new ones.

    None where one of the new modules looks at more than files, like an environment variable.
    """
    found = {name: file for name, module in list(sys.modules.items()) if (file := getattr(module, "__file__", None))}
    ours = f"{__package__}."  # our own code is in the key
    others = {file for name, file in found.items() if name not in before and not name.startswith(ours)}
    new = {file for file in others if not _is_installed(file)}
    if any(LOOKS_AROUND.search(ONLY_LATER.sub(b"", Path(file).read_bytes())) for file in new):
        return None
    installed = {file for file in found.values() if _is_installed(file)}
    return frozenset(installed | new | {os.path.dirname(file) for file in new})


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted((*catalog.QUERIES.glob("*.sql"), *catalog.QUERIES.parent.glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _folder() -> Path:
    return directories.own(directories.cache_directory() / "catalogs")


def _stamp(path: str) -> str:
    """Return what changes with the file: of ours the content, of what is installed size and time, of a folder names."""
    status = os.stat(path)
    if S_ISDIR(status.st_mode):
        return " ".join(sorted(_modules(path)))
    if _is_installed(path):
        return f"{status.st_size} {status.st_mtime_ns}"
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _modules(folder: str) -> Iterator[str]:
    """Yield the names of the modules and packages in a folder; one more may hold one more table."""
    for name in os.listdir(folder):
        if name.endswith(".py") or os.path.isfile(os.path.join(folder, name, "__init__.py")):
            yield name


def _is_installed(path: str) -> bool:
    return path.startswith(INSTALLED[0]) or any(part in path for part in INSTALLED[1:])
