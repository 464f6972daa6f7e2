"""What is said of settings: those that risk data, and those that a server at work is better off with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.advice import Advice, Row, Rule, Scene, size
from tools.findings import Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value of a setting that is spoken of: what it means, and a better one, where one can be named.

    `neon` says that it counts on Neon, too, which keeps data in a storage of its own and sets its server itself.
    """

    name: str
    bad: Callable[[str], bool]
    risk: Risk
    meaning: str
    better: str | None
    neon: bool = False


def is_off(value: str) -> bool:
    """Tell whether a switch is off."""
    return value == "off"


def is_on(value: str) -> bool:
    """Tell whether a switch is on."""
    return value == "on"


def is_zero(value: str) -> bool:
    """Tell whether a limit is none."""
    return value == "0"


SETTINGS = (
    Setting(name="fsync", bad=is_off, risk="high", better="on", meaning="a crash of the machine destroys the database"),
    Setting(
        name="full_page_writes",
        bad=is_off,
        risk="high",
        better="on",
        meaning="a crash of the machine may leave half a page, unless the file system copies on write",
    ),
    Setting(
        name="synchronous_commit",
        bad=is_off,
        risk="medium",
        better="on",
        meaning="a crash loses transactions of the last moments that were told they are committed",
    ),
    Setting(
        name="zero_damaged_pages", bad=is_on, risk="high", better="off", meaning="damaged pages are emptied in silence"
    ),
    Setting(
        name="autovacuum",
        bad=is_off,
        risk="high",
        better="on",
        meaning="dead rows stay, and statistics grow old",
        neon=True,
    ),
    Setting(
        name="track_counts",
        bad=is_off,
        risk="high",
        better="on",
        meaning="autovacuum does not know what to do, and half of this advice has nothing to go by",
        neon=True,
    ),
    Setting(
        name="data_checksums",
        bad=is_off,
        risk="low",
        better=None,
        meaning="damage by the disk is not noticed: pg_checksums --enable, while the server is down",
    ),
    Setting(
        name="wal_level",
        bad=lambda value: value == "minimal",
        risk="low",
        better="replica",
        meaning="no standby, and no restore to a point in time",
    ),
    Setting(
        name="idle_in_transaction_session_timeout",
        bad=is_zero,
        risk="low",
        better="5min",
        meaning="a forgotten transaction keeps its locks, and vacuum away, for as long as its session lives",
        neon=True,
    ),
    Setting(
        name="statement_timeout",
        bad=is_zero,
        risk="low",
        better="60s",
        meaning="a statement that went wrong runs for as long as nobody notices",
        neon=True,
    ),
    Setting(
        name="log_lock_waits",
        bad=is_off,
        risk="low",
        better="on",
        meaning="who waits long for a lock is not in the log",
    ),
    Setting(
        name="log_min_duration_statement",
        bad=lambda value: value == "-1",
        risk="low",
        better="1s",
        meaning="slow statements are not in the log",
    ),
    Setting(
        name="track_io_timing",
        bad=is_off,
        risk="low",
        better="on",
        meaning="explain (buffers) and pg_stat_statements do not say what waiting for the disk costs",
        neon=True,
    ),
    Setting(
        name="random_page_cost",
        bad=lambda value: float(value) >= 4,
        risk="low",
        better="1.1",
        meaning="as for disks that turn: on others indexes are used too seldom",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def setting(row: Row, scene: Scene) -> Advice | None:
    """Judge one setting."""
    if row["pending_restart"]:
        return Advice(
            risk="low",
            object=row["name"],
            message="a new value waits for a restart of the server",
            todo="restart it when it suits",
        )
    if row["name"] == "shared_buffers":
        return _memory(row, scene)
    known = BY_NAME.get(row["name"])
    if known is None or not known.bad(row["value"]) or (scene.neon and not known.neon):
        return None
    # enumerators and switches need no quotes, times and numbers with units do
    value = known.better if known.better is None or known.better.isalpha() else f"'{known.better}'"
    return Advice(
        risk=known.risk,
        object=row["name"],
        message=f"{row['value']}: {known.meaning}",
        todo=f"set it to {value}, or to what suits" if value else "switch it on when the server is down anyway",
        statement=_statement(row, value) if value else None,
        caution=_caution(row) if value else None,
    )


def _memory(row: Row, scene: Scene) -> Advice | None:
    """Judge shared_buffers, mildly: what suits depends on the machine, which is not seen."""
    held, there = int(row["value"]) * 1024 * int(row["unit"].removesuffix("kB")), row["database_bytes"]
    if scene.neon or row["source"] != "default" or there < 4 * held:
        return None
    return Advice(
        risk="low",
        object=row["name"],
        message=f"{size(held)}, as it came, and the database has {size(there)}",
        todo="a quarter of the machine's memory is the usual start",
    )


def _statement(row: Row, value: str) -> str:
    """Return how to set it: for a database what each session could set itself, else for the server."""
    if row["context"] in ("user", "superuser"):
        return f"alter database {row['database']} set {row['name']} = {value}"
    return f"alter system set {row['name']} = {value}"


def _caution(row: Row) -> str:
    if row["context"] in ("user", "superuser"):
        others = "; dumps, migrations and reports that need longer set their own" if "timeout" in row["name"] else ""
        return f"counts for new sessions{others}"
    return "counts after a restart" if row["context"] == "postmaster" else "counts after select pg_reload_conf()"


RULES = (
    Rule(
        id="setting",
        reason="Some settings risk data, others hide what goes wrong, or let it go on.",
        judge=setting,
    ),
)
