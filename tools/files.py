"""Files that are written whole or not at all: whoever looks, also after a kill or on a full disk, sees old or new."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tools.errors import Trouble


def write(path: Path, content: str | bytes, *, mode: int = 0o666, parents: bool = False) -> None:
    """Write a file, with `parents` the folders that it stands in; `mode` is a new one's, less what the umask takes."""
    try:
        if parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        whole = content.encode() if isinstance(content, str) else content
        if path.exists() and not path.is_file():  # a pipe or a terminal, which nothing can take the place of
            path.write_bytes(whole)
        else:
            _replace(path.resolve(), whole, mode)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise Trouble(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error


def _replace(path: Path, content: bytes, mode: int) -> None:
    fresh = path.with_name(f".schema-tools-{secrets.token_hex(8)}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        with suppress(FileNotFoundError):
            fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Remove a file."""
    try:
        path.unlink()
    except OSError as error:
        raise Trouble(f"cannot remove {path}: {error.strerror}") from error
