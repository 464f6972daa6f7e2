"""The benchmarks write into pages that have a place for what they print; nothing is measured here."""

from __future__ import annotations

import re

from bench.__main__ import DOCS, TABLES, part


def test_each_part_of_a_page_is_written_by_a_benchmark() -> None:
    marked = {
        (name, page.name)
        for page in DOCS.glob("*.md")
        for name in re.findall(r"<!-- bench: (\w+) -->", page.read_text(encoding="utf-8"))
    }
    assert marked == set(TABLES.items())
    for name, page in TABLES.items():
        found = part(name).findall((DOCS / page).read_text(encoding="utf-8"))
        assert len(found) == 1, f"{page} has no end of the part {name}"
