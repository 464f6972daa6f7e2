"""Why no statement brings a thing back: the sentences, and what PostgreSQL does not do."""

from __future__ import annotations

from tools import kinds
from tools.changes import Change
from tools.kinds import Object
from tools.surroundings import Surroundings

EXTENDED = frozenset(("text", "character varying", "character", "bytea", "json", "jsonb", "xml", "tsvector", "path"))


class Unsaid(Exception):  # noqa: N818 (it is a reason, and no error)
    """No statement says it; the message is the reason."""


def known_storage(column: kinds.Column) -> str:
    """Return how a type is stored where nobody says so (pg_type.dat): an old server has no word for it."""
    name = column.type.partition("(")[0]
    if name.endswith("[]") or name in EXTENDED:
        return "extended"
    if name in ("numeric", "inet", "cidr"):
        return "main"
    raise Unsaid("before PostgreSQL 16 no statement gives a column the storage of its type")


def unmakeable(item: Object) -> str:
    """Return why something that is missing is not made."""
    if item.kind in ("foreign server", "foreign table", "user mapping", "subscription"):
        return "its options hold a secret that no report has: make it by hand"
    return f"no statement of ours makes this {item.kind}: make it by hand"


def is_precious(expected: Object, change: Change) -> bool:
    """Tell whether something that could be made anew has rows elsewhere, which nobody should lose sight of."""
    return expected.kind == "foreign table" and bool(change.facts.keys() & {"partition_of", "inherits"})


def reason(expected: Object, change: Change) -> str:
    """Return why something that differs is not altered."""
    match expected.kind:
        case "table" if change.facts.keys() == {"columns"}:
            return "PostgreSQL moves no column: only a table that is made anew has another order"
        case "table" if change.facts.keys() == {"indexes"}:
            return "its copies of the partitioned table's indexes are set by hand, one by one"
        case "table":
            return "only a table that is made anew, with its rows, is this: " + ", ".join(change.facts)
        case "extension":
            return "an extension goes back to an older version only where it has a script for that"
        case "foreign server":
            return "a foreign server cannot lose its type or version, and its secrets are in no report"
        case "column":
            return f"no statement gives a column back its {' and '.join(change.facts)} without loss"
    return f"no statement gives the {expected.kind} back its {' and '.join(change.facts)}"


def refuse_partition(item: Object, expected: Surroundings, actual: Surroundings) -> None:
    """Refuse a partition of a table that is not partitioned, or by something else: that is to be made anew first."""
    key = f"table {getattr(item, 'partition_of', None)}"
    here, there = expected.items.get(key), actual.items.get(key)
    if isinstance(here, kinds.Table) and isinstance(there, kinds.Table) and here.partition_key != there.partition_key:
        raise Unsaid(f"{key} is to be made anew by hand first")
