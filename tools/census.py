"""What is there whether or not another query reads it: counted at each read, and named where the read falls short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

QUERY = Path(__file__).parent / "queries" / "census.sql"
# Rights that everybody or the owner has: a difference from the standard, and no object that could be counted
STANDARD = (" to public", " to its owner")

Sums = Mapping[str, tuple[int, int]]  # by kind, how many there are and how long their names are together


@cache
def question() -> str:
    """Return the query that gives the names."""
    return QUERY.read_text(encoding="utf-8")


@cache
def sums_question() -> str:
    """Return the query that gives the sums: thousands of names need not travel to find that none is missing."""
    names = question().rstrip().removesuffix(";")
    return "\n".join(["select kind, count(*), sum(length(name))::bigint from (", names, ") as census group by kind;"])


def sums(read: Mapping[str, Iterable[str]]) -> Sums:
    """Return the sums of the names that were read, by kind."""
    found = {}
    for kind, names in read.items():
        counted = [name for name in names if not name.endswith(STANDARD)] if "privilege" in kind else list(names)
        found[kind] = (len(counted), sum(map(len, counted)))
    return found


def falls_short(read: Sums, there: Iterable[Sequence[object]]) -> bool:
    """Tell whether something is there of which the read has another sum; rows have the kind first."""
    return any(read.get(str(kind), (0, 0)) != tuple(rest) for kind, *rest in there)


def unread(read: Mapping[str, Iterable[str]], there: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the keys of what is there and was not read."""
    known = {f"{kind} {name}" for kind, names in read.items() for name in names}
    return tuple(sorted({f"{kind} {name}" for kind, name in there} - known))
