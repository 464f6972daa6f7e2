"""The wheel has all that a new package of models stands on: built, unpacked elsewhere, and used there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="the build backend is a development dependency")
ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "create table a (id integer primary key, b text not null check (b like 'a%'), c char(3), d macaddr, e jsonb[])"
USED = """
import sys, db, tools
assert tools.__file__.startswith(sys.argv[1])
assert db.ACreate(id=1, b="ab", c="EUR", d="08002B:010203").d == "08:00:2b:01:02:03"
db.load_all()
assert list(db.metadata.tables) == ["a"]
"""


def files(folder: Path) -> set[Path]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in found if "__pycache__" not in path.parts}


@pytest.mark.slow
def test_the_wheel_writes_a_package_where_no_repository_is(make_database: Callable[[str], str], tmp_path: Path) -> None:
    code = f"import hatchling.build; hatchling.build.build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
    assert files(unpacked / "tools") >= files(ROOT / "tools")
    home = tmp_path / "elsewhere"
    home.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(unpacked)}
    for words in (
        ["-m", "tools", "models", "--from", make_database(SCHEMA), "--out", "db"],
        ["-W", "error", "-c", USED, str(unpacked)],
        ["-m", "tools", "docs", "--from", make_database(SCHEMA), "--html", "site"],
    ):
        done = subprocess.run(
            [sys.executable, *words], cwd=home, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "compatibility.py" in {path.name for path in (home / "db").iterdir()}
