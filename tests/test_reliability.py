"""docs/reliability.md: each row names tests that there are, or the day on which somebody tried it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reliability.md"
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
NAME = r"`test_\w+\.py::test_\w+`"
TRIED = r"by hand, \d{1,2} \w+ \d{4}, PostgreSQL \d\d\.\d+(?: and \d\d\.\d+)*"


def kept_by(row: str) -> str:
    return re.split(r"(?<!\\)\|", row)[-2].strip()


@pytest.mark.parametrize("row", [row for row in ROWS if kept_by(row) not in ("kept by", "---")])
def test_a_row_says_what_keeps_it(row: str) -> None:
    assert re.fullmatch(rf"(?:{NAME}|{TRIED})(?:[,;] (?:{NAME}|{TRIED}))*", kept_by(row))
    for file, name in re.findall(r"`(\w+\.py)::(\w+)`", kept_by(row)):
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
