"""The proof of generated models: written from a database, imported, made on scratch, read back, and compared."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from forgotten import forget
from psycopg import conninfo
from sqlalchemy.orm import configure_mappers

from tools import catalog, config, database, drift, generation, mirror, scratch, subset
from tools.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What came of it."""

    files: dict[str, str]
    package: ModuleType
    differences: list[str]
    wanted: Catalog


def read(url: str) -> Catalog:
    with database.connect(url, application="tests") as connection:
        return catalog.read(connection)


def prove(url: str, cluster: scratch.Cluster, folder: Path, name: str = "generated") -> Proof:
    """Generate a package from a database, use it, and say what differs; `folder` is where it is written."""
    wanted = read(url)
    target = folder / name
    files = generation.generate(wanted, target, external=frozenset(), clone=cluster.create)
    generation.write(generation.compare(target, files))
    project = replace(config.load(folder), models=name)
    forget({name})
    template = str(conninfo.conninfo_to_dict(url)["dbname"])
    made = mirror.read(lambda: cluster.create(template=template), project)
    configure_mappers()
    found = drift.diff(subset.sayable(wanted), subset.sayable(made))
    lines = [f"{one.change} {one.kind} {one.name}: {dict(one.facts)}" for one in found]
    return Proof(files=files, package=sys.modules[name], differences=lines, wanted=wanted)


def formatted(folder: Path) -> str:
    """Return what `ruff format` would change."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--diff", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def lazily(folder: Path, name: str, code: str) -> Any:
    """Run code that uses the package in a process of its own, with warnings as errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {name}\n{code}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
