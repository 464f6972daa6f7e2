"""What an import looks at: the modules it loads, the other files it opens, the environment variables it asks for."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from stat import S_ISDIR
from typing import Any

INSTALLED = (sysconfig.get_paths()["stdlib"], f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
OURS = str(Path(__file__).parent)  # our own code is in the key of what is kept
CACHED = f"{os.sep}__pycache__"
# https://docs.python.org/3/library/audit_events.html: nobody can tell when an answer from there changes
ELSEWHERE = frozenset(("socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"))


@dataclass(slots=True, kw_only=True, eq=False)
class Looks:
    """What was looked at; `elsewhere` where a process or a socket was asked, too."""

    files: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    elsewhere: bool = False

    def stamps(self) -> dict[str, dict[str, str]]:
        """Return what changes with each file and each variable."""
        return {
            "files": {path: _file(path) for path in sorted(self.files)},
            "variables": {name: _variable(name) for name in sorted(self.variables)},
        }


def same(stamps: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether everything is as it was when the stamps were made."""
    return all(_file(path) == stamp for path, stamp in stamps["files"].items()) and all(
        _variable(name) == stamp for name, stamp in stamps["variables"].items()
    )


_watching: list[Looks] = []


@contextmanager
def watched() -> Iterator[Looks]:
    """Watch what a block imports and looks at.

    Of the loaded modules all that are installed count, and all others that are new.
    """
    _listen()
    before = frozenset(sys.modules)
    looks = Looks()
    _watching.append(looks)
    try:
        yield looks
    finally:
        _watching.remove(looks)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and _is_installed(file):
            looks.files.add(file)
        elif file and name not in before and not file.startswith(OURS):
            looks.files |= {file, os.path.dirname(file)}  # a module more may hold a table more


@cache
def _listen() -> None:
    """Hear of each file that is opened and each variable that is asked for; it costs little while nobody watches."""
    sys.addaudithook(_hear)
    environment: Any = type(os.environ)
    plain = environment.__getitem__

    def look(self: Any, key: Any) -> Any:
        for looks in _watching:
            looks.variables.add(os.fsdecode(key))
        return plain(self, key)

    environment.__getitem__ = look


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event in ELSEWHERE:
        for looks in _watching:
            looks.elsewhere = True
    elif event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes | os.PathLike | None):
        path = os.path.abspath(os.fsdecode(arguments[0] or "."))
        if not (_is_installed(path) or CACHED in path or path.startswith((OURS, "/dev/"))):
            for looks in _watching:
                looks.files.add(path)


def _variable(name: str) -> str:
    value = os.environ.get(name)
    return "" if value is None else hashlib.sha256(os.fsencode(value)).hexdigest()  # it may be a password


def _file(path: str) -> str:
    """Return what changes with the file: of ours the content, of what is installed size and time, of a folder names."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    if S_ISDIR(status.st_mode):
        return " ".join(sorted(name for name in os.listdir(path) if not name.startswith("__pycache__")))
    if _is_installed(path):
        return f"{status.st_size} {status.st_mtime_ns}"
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _is_installed(path: str) -> bool:
    return path.startswith(INSTALLED[0]) or any(part in path for part in INSTALLED[1:])
