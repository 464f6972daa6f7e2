"""Advice on a live database: what was seen, in numbers, what is at stake, and the statement that helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tools.findings import Risk

Row = Mapping[str, Any]
Hidden = Literal["sessions", "statistics", "sequences"]

MB = 1024 * 1024
GB = 1024 * MB
TB = 1024 * GB
MINUTE, HOUR, DAY = 60, 3600, 86_400
YOUNG = DAY  # statistics of less than a day say nothing of what runs once a day
RIPE = 30 * DAY  # and those of less than a month nothing of what runs once a month
SIZES = (("TB", TB), ("GB", GB), ("MB", MB), ("kB", 1024))
SPANS = (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who asks which server: `tools/queries/advice/scene.sql`, and `pooled` where the address is a pooler's.

    `statistics_seconds` is the age of the server's counters, `standbys` how many others may read. `hidden_tables` and
    `hidden_sequences` are those that this role may not look into. `extensions` have the names of their schemas.
    """

    database: str
    role: str
    server_version: str
    standby: bool
    neon: bool
    pooled: bool
    uptime_seconds: float
    statistics_seconds: float
    standbys: int
    reads_statistics: bool
    hidden_tables: int
    hidden_sequences: int
    extensions: Mapping[str, str]

    @property
    def is_young(self) -> bool:
        """Tell whether the counters are too young to say that something is never used."""
        return self.statistics_seconds < YOUNG


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is advised about one object: what is at stake, what was seen, what to do.

    `statement` is SQL that helps, where one does, and `caution` what it costs.
    """

    risk: Risk
    object: str
    message: str
    todo: str
    statement: str | None = None
    caution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One question to a live database, `tools/queries/advice/<id>.sql` with underscores, and who judges an answer.

    `hidden` is what a role with few rights does not see of the answer, `extension` what must be there to ask.
    """

    id: str
    reason: str
    judge: Callable[[Row, Scene], Advice | None]
    hidden: Hidden | None = None
    extension: str | None = None


def number(count: float) -> str:
    """Return a number as people read it.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{count:,.0f}"


def share(part: float) -> str:
    """Return a part of one in percent.

    >>> share(0.815)
    '82 %'
    """
    return f"{100 * part:.0f} %"


def size(count: float) -> str:
    """Return bytes in the unit that suits them.

    >>> size(12_900_000)
    '12.3 MB'
    """
    for unit, of in SIZES:
        if count >= of:
            return f"{count / of:.3g} {unit}" if count < 1000 * of else f"{count / of:,.0f} {unit}"
    return f"{count:.0f} bytes"


def span(seconds: float) -> str:
    """Return how long something is, in the unit that suits it.

    >>> span(200_000)
    '2 days'
    """
    for unit, of in SPANS:
        if seconds >= of:
            count = int(seconds // of)
            return f"{count} {unit}" if count == 1 else f"{count:,} {unit}s"
    return "less than a second"
