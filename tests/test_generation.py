"""Models are written from any schema: they import, configure, make the same tables, and read as ruff would have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from forgotten import forget
from proving import formatted, lazily, prove, read
from sqlalchemy.orm import configure_mappers

from tools import scratch

ZOO = sorted((Path(__file__).parent / "zoo").glob("*.sql"))


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    forget({"generated"})


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_nothing_of_the_zoo_is_lost(
    path: Path, cluster: scratch.Cluster, make_database: Callable[[str], str], tmp_path: Path
) -> None:
    if path.stem == "since_18" and read(make_database("")).major < 18:
        pytest.skip("needs PostgreSQL 18")
    proof = prove(make_database(path.read_text(encoding="utf-8")), cluster, tmp_path)
    assert proof.differences == []
    assert formatted(tmp_path / "generated") == ""
    done = lazily(
        tmp_path, "generated", "from sqlalchemy.orm import configure_mappers\ngenerated.load_all()\nconfigure_mappers()"
    )
    assert (done.returncode, done.stderr) == (0, "")
