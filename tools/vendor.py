"""A copy of the models in an application: whole, under any name, with a manifest that says what it was made of."""

from __future__ import annotations

import ast
import ctypes
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools import __version__, migrations
from tools.config import Project
from tools.errors import Trouble
from tools.generation import Change

SHOWN = 10  # names in a message: the folder may be that of a whole application
MANIFEST = "vendor.json"
# What an application that has the copy must have installed
REQUIRES = {"psycopg": ">=3.3", "pydantic": ">=2.14", "sqlalchemy": ">=2.1", "sqlmodel": ">=0.0.48"}
EXCHANGE = 2  # RENAME_EXCHANGE, renameat2(2)
HERE = -100  # AT_FDCWD


def collect(project: Project) -> dict[str, bytes]:
    """Return the files of a copy with their bytes: the same for the same repository, whenever and wherever."""
    source = project.directory.joinpath(*project.models.split("."))
    files = _files(source)
    if "__init__.py" not in files:
        raise Trouble(f"no package of models at {source}: pass -C DIRECTORY, or write it with tools models")
    return {**files, MANIFEST: _manifest(project, files)}


def compare(folder: Path, wanted: Mapping[str, bytes]) -> tuple[Change, ...]:
    """Return what a copy would change in the folder."""
    there = _files(folder) if folder.is_dir() else {}
    found = []
    for name in sorted({*wanted, *there}):
        if wanted.get(name) != there.get(name):
            change = "missing" if name not in there else "changed" if name in wanted else "extra"
            texts = {"wanted": wanted.get(name, b"").decode(), "found": there.get(name, b"").decode(errors="replace")}
            found.append(Change(change=change, path=folder / name, **texts))
    return tuple(found)


def write(project: Project, folder: Path, wanted: Mapping[str, bytes]) -> None:
    """Put the copy in its place at once: whoever looks, also after a kill, finds the old one or the new one."""
    target = folder.resolve()
    _refuse(project, target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(target, wanted)
    except OSError as error:
        raise Trouble(f"cannot write {folder}: {error.strerror}") from error


def _write_beside(target: Path, wanted: Mapping[str, bytes]) -> None:
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for name, content in wanted.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        beside.chmod(0o755)
        _swap(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def inspect(project: Project, folder: Path) -> list[str]:
    """Return what is wrong with a copy: files that were touched, files that are stale, migrations it does not know."""
    said = _read_manifest(folder)
    there = {name: _hash(content) for name, content in _files(folder).items() if name != MANIFEST}
    found = _compare("changed", "missing", "extra", wanted=said["files"], there=there)
    wanted = collect(project)
    now = {name: _hash(content) for name, content in wanted.items() if name != MANIFEST}
    found += _compare("stale", "stale", "stale", wanted=now, there=said["files"])
    if not any(line.startswith("stale") for line in found) and json.loads(wanted[MANIFEST]) != said:
        found.append(f"stale: {MANIFEST}")
    return found + _behind(project, said["schema"]["version"])


def _compare(
    changed: str, missing: str, extra: str, *, wanted: Mapping[str, str], there: Mapping[str, str]
) -> list[str]:
    words = {name: changed for name in wanted.keys() & there.keys() if wanted[name] != there[name]}
    words |= dict.fromkeys(wanted.keys() - there.keys(), missing) | dict.fromkeys(there.keys() - wanted.keys(), extra)
    return [f"{word}: {name}" for name, word in sorted(words.items())]


def _behind(project: Project, version: str | None) -> list[str]:
    """Return the migrations that the copy was made without."""
    ids = [migration.id for migration in migrations.read(project)]
    if version is not None and version not in ids:
        return [f"unknown: {version}, the migration that the copy was made at"]
    return [f"behind: {one}" for one in ids[ids.index(version) + 1 if version is not None else 0 :]]


def _refuse(project: Project, target: Path) -> None:
    """Refuse a place that is not a copy's to take."""
    source = project.directory.joinpath(*project.models.split(".")).resolve()
    if target == source or source.is_relative_to(target) or target.is_relative_to(source):
        raise Trouble(f"{target} is where the models are: name a folder of the application")
    if not target.name.isidentifier():
        raise Trouble(f"no package can be called {target.name}: name a folder that Python can import")
    if target.exists() and not target.is_dir():
        raise Trouble(f"{target} is a file: name a folder")
    there = _files(target) if target.is_dir() else {}
    known = {MANIFEST, *_read_manifest(target)["files"]} if MANIFEST in there else set()
    foreign = sorted(there.keys() - known)
    if foreign:
        more = f" and {len(foreign) - SHOWN} more" if len(foreign) > SHOWN else ""
        raise Trouble(
            f"{target} holds files that tools vendor did not put there: {', '.join(foreign[:SHOWN])}{more}:"
            " name another folder, or move them away"
        )


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(project: Project, files: Mapping[str, bytes]) -> bytes:
    ids = [migration.id for migration in migrations.read(project)]
    said = {
        "tools": __version__,
        "schema": {"version": ids[-1] if ids else None, **_fingerprints(files)},
        "requires": REQUIRES,
        "files": {name: _hash(content) for name, content in files.items()},
    }
    return (json.dumps(said, indent=2) + "\n").encode()


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        return {"files": found["files"], "schema": found["schema"], **found}
    except FileNotFoundError:
        raise Trouble(f"no {MANIFEST} in {folder}: make the copy with tools vendor {folder}") from None
    except (KeyError, ValueError):
        raise Trouble(f"{folder / MANIFEST} is no manifest of a copy: make the copy again") from None


def _fingerprints(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the hash of the contract, and of the part of it that reading takes: names and types."""
    facts = {"relations": _value(files, "RELATIONS"), "types": _value(files, "TYPES")}
    reading = {
        "relations": {
            name: {column: fact[0] for column, fact in known["columns"].items()}
            for name, known in facts["relations"].items()
        },
        "types": facts["types"],
    }
    words = {"exact": facts, "compatible": reading}
    return {word: _hash(json.dumps(value, sort_keys=True).encode()) for word, value in words.items()}


def _value(files: Mapping[str, bytes], name: str) -> Any:
    for node in ast.parse(files.get("contract.py", b"")).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return ast.literal_eval(node.value) if node.value else None
    raise Trouble("the models have no contract.py: write it with tools models")


def _swap(new: Path, target: Path) -> None:
    """Rename, and where there is an older copy, exchange the two: no moment is without one."""
    if not target.exists():
        new.rename(target)
        return
    if _exchanged(new, target):
        return
    # no such call here: between two renames there is no copy, but the old one is beside, and the next run replaces it
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    target.rename(old / target.name)
    new.rename(target)
    shutil.rmtree(old)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders by Linux' renameat2; tell whether it did."""
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    return call is not None and call(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0
