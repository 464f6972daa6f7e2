"""What lint finds: the rule that is broken, where, what was measured, and what to write instead."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Class = Literal["hazard", "design", "hygiene"]
Risk = Literal["low", "medium", "high"]
RISKS: tuple[Risk, ...] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its id (lower case words with hyphens), why it is there, and the safe way."""

    id: str
    class_: Class
    risk: Risk
    reason: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock that a statement took on a relation: the mode as in pg_locks, as "AccessExclusiveLock"."""

    relation: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What PostgreSQL did on scratch: locks, and the relations that were rewritten or read from end to end."""

    locks: tuple[Lock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule broken in one place; of a design rule the statement is the name of the object."""

    rule: str
    class_: Class
    risk: Risk
    file: str | None
    line: int | None
    statement: str | None
    message: str
    instead: str
    measured: Measured | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding under the contract's keys: class_ is "class"."""
        return {key.rstrip("_"): value for key, value in asdict(self).items()}
