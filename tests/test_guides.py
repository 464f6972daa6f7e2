"""The pages of docs/ do what they show: each command is run, each file is written, each link leads somewhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import guides
import pytest

from tools import scratch

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COPIED = ("sql", "models", "examples", "pyproject.toml", ".driftignore")


def copy(folder: Path) -> None:
    """Make a fresh copy of what a page works on."""
    folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


@contextmanager
def surroundings(page: Path, cluster: scratch.Cluster) -> Iterator[Mapping[str, str]]:
    """Return the environment of a page: a server, and a database of its own that has the history."""
    import os

    empty = page.stem in ("first-steps", "zero-downtime")
    url = cluster.create(template=None if empty else cluster.replayed)
    yield {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": url,
        "SERVER": cluster.url("postgres"),
        "TOOLS_SCRATCH_URL": cluster.url("postgres"),
    }
    cluster.drop(url)
