"""What is said of a server at work: its sessions, locks and slots, its slowest statements, its extensions."""

from __future__ import annotations

import re

from tools.advice import DAY, GB, HOUR, MB, MINUTE, Advice, Row, Rule, Scene, number, share, size, span
from tools.findings import Risk

FULL, NEARLY_FULL = 0.9, 0.7
HEAVY_SHARE, HEAVY_MS = 0.1, 10_000.0  # of all statements' time, and how much that must be to matter
SLOW_MS, SLOW_CALLS = 1000.0, 10
SHOWN = 160  # characters of a statement
PATIENCE = 5  # seconds that a session may wait for a lock
# https://neon.com/docs/introduction/compute-lifecycle
WAKE = "; on Neon it keeps the compute awake"
# Constants are $1 in pg_stat_statements already, but not those of utility statements (alter role … password '…'), and
# comments may hold anything
SECRETS = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|$)|'(?:[^']|'')*(?:'|$)|\$(\w*)\$.*?(?:\$\1\$|$)|(?<![\w.$])\d[\d.]*(?!\w)",
    re.DOTALL,
)


def slow_statement(row: Row, _: Scene) -> Advice | None:
    """Judge a statement by its part of all time, and by the time that it takes."""
    part = row["share"] or 0.0
    is_heavy = part >= HEAVY_SHARE and row["total_ms"] >= HEAVY_MS
    is_slow = row["mean_ms"] >= SLOW_MS and row["calls"] >= SLOW_CALLS
    if not (is_heavy or is_slow):
        return None
    pages = row["pages"] / max(row["calls"], 1)
    return Advice(
        risk="medium" if is_heavy else "low",
        object=f"statement {row['name']}" if row["name"] else "a statement of another role",
        message=(
            f"{span(row['total_ms'] / 1000)} in {span(row['counted_seconds'])}, {share(part)} of all statements' time:"
            f" {number(row['calls'])} calls of {row['mean_ms']:,.1f} ms and {number(pages)} pages each:"
            f" {harmless(row['statement'])}"
        ),
        todo="explain (analyze, buffers) it with typical values: an index, fewer rows, or fewer calls",
    )


def harmless(statement: str) -> str:
    """Return a statement on one line, short, and without values or comments.

    >>> harmless("alter role x  password 'secret' -- mine")
    "alter role x password '…'"
    """
    text = SECRETS.sub(_instead, statement)
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _instead(match: re.Match[str]) -> str:
    """Return what stands in for a comment or a value."""
    text = match[0]
    return " " if text.startswith(("--", "/*")) else "'…'" if text[0] in "'$" else "…"


def connections(row: Row, scene: Scene) -> Advice | None:
    """Judge how many connections are left."""
    most = row["most"] - row["reserved"]
    part = row["used"] / max(most, 1)
    if part < NEARLY_FULL:
        return None
    way = "connect by the -pooler address" if scene.neon else "put a pooler before it (PgBouncer, in transaction mode)"
    return Advice(
        risk="high" if part >= FULL else "medium",
        object=row["name"],
        message=f"{row['used']} of {most} connections in use: {row['active']} at work, {row['idle']} idle",
        todo=f"{way}, and let the applications keep fewer idle",
    )


def idle_in_transaction(row: Row, scene: Scene) -> Advice | None:
    """Judge a session that is in a transaction and does nothing."""
    idle = row["idle_seconds"]
    if idle is None or idle < MINUTE:
        return None
    return Advice(
        risk="high" if idle >= HOUR else "medium",
        object=f"session {row['name']}",
        message=(
            f"{_who(row)} is idle in a transaction for {span(idle)}, and keeps its locks"
            f" and what vacuum would remove{WAKE if scene.neon else ''}"
        ),
        todo="have the application commit or roll back, and set idle_in_transaction_session_timeout",
        statement=f"select pg_terminate_backend({row['name']})",
        caution="ends the session: its transaction is rolled back",
    )


def long_transaction(row: Row, _: Scene) -> Advice | None:
    """Judge a transaction that is at work for long."""
    seconds = row["transaction_seconds"]
    if seconds < HOUR:
        return None
    held = f" ({number(row['held_transactions'])} transactions since)" if row["held_transactions"] else ""
    return Advice(
        risk="high" if seconds >= DAY else "medium",
        object=f"session {row['name']}",
        message=f"{_who(row)} is at work in one transaction for {span(seconds)}: vacuum removes nothing newer{held}",
        todo="let it end, and split what it does; cancel it if nobody waits for it",
        statement=f"select pg_cancel_backend({row['name']})",
        caution="what it did so far is rolled back",
    )


def waiting_lock(row: Row, _: Scene) -> Advice | None:
    """Judge a session that waits for a lock."""
    seconds = row["waiting_seconds"]
    if seconds is None or seconds < PATIENCE:
        return None
    blockers = f", held or queued for by {row['blockers']}" if row["blockers"] else ""
    return Advice(
        risk="high" if seconds >= MINUTE else "medium",
        object=row["object"],
        message=(
            f"session {row['name']} waits for {row['mode']} for {span(seconds)}{blockers}: who comes later queues"
            " behind it"
        ),
        todo="see what the first of them does (pg_stat_activity), and give whoever alters tables a short lock_timeout",
    )


def prepared_transaction(row: Row, _: Scene) -> Advice | None:
    """Judge a prepared transaction that nobody ended."""
    seconds = row["prepared_seconds"]
    if seconds < 10 * MINUTE:
        return None
    return Advice(
        risk="high" if seconds >= DAY else "medium",
        object=f"prepared transaction {row['name']}",
        message=(
            f"prepared {span(seconds)} ago by {row['role']} in {row['database']}: it keeps its locks, and keeps vacuum"
            " from what died since"
        ),
        todo="ask its coordinator whether to commit or to roll it back; from within its database",
        statement=f"rollback prepared {row['literal']}",
        caution="what it did is lost; commit prepared keeps it",
    )


def replication_slot(row: Row, scene: Scene) -> Advice | None:
    """Judge a slot that nobody reads, or that keeps much."""
    kept, status = row["kept_bytes"] or 0, row["status"]
    is_lost = status in ("unreserved", "lost")
    if row["temporary"] or (row["active"] and kept < GB and not is_lost):
        return None
    reader = "has a reader" if row["active"] else "has no reader"
    lost = f"; its WAL is {status}" if is_lost else ""
    awake = WAKE if scene.neon and row["active"] and row["type"] == "logical" else ""
    return Advice(
        risk=_slot_risk(kept, is_lost=is_lost or not row["active"]),
        object=f"slot {row['name']}",
        message=f"{row['type']}, {reader}, and keeps {size(kept)} of WAL{lost}{awake}",
        todo="start its reader again, or drop it, and set max_slot_wal_keep_size",
        statement=None if row["active"] else f"select pg_drop_replication_slot({row['literal']})",
        caution=None if row["active"] else "its reader must start from a new copy",
    )


def _slot_risk(kept: int, *, is_lost: bool) -> Risk:
    if kept >= GB and is_lost:
        return "high"
    return "medium" if kept >= 64 * MB or not is_lost else "low"


def outdated_extension(row: Row, _: Scene) -> Advice:
    """Judge an extension of another version than the server has."""
    return Advice(
        risk="low",
        object=row["name"],
        message=f"version {row['installed']}, and the server has {row['available']}",
        todo="read what changed, and update it",
        statement=f"alter extension {row['name']} update",
        caution="locks the extension's own objects; there is no way back",
    )


def _who(row: Row) -> str:
    """Return whose session it is."""
    application = f" ({row['application']})" if row["application"] else ""
    return f"{row['role'] or 'somebody'}{application} in {row['database']}"


RULES = (
    Rule(
        id="connections",
        reason="Who comes when all connections are in use is turned away.",
        judge=connections,
        hidden="sessions",
    ),
    Rule(
        id="waiting-lock",
        reason="Behind one who waits for a lock all who come later wait, too.",
        judge=waiting_lock,
    ),
    Rule(
        id="idle-in-transaction",
        reason="An open transaction keeps its locks, and keeps vacuum from what died since.",
        judge=idle_in_transaction,
        hidden="sessions",
    ),
    Rule(
        id="long-transaction",
        reason="While one transaction is at work, vacuum removes nothing that it could still see.",
        judge=long_transaction,
        hidden="sessions",
    ),
    Rule(
        id="prepared-transaction",
        reason="A prepared transaction outlives its session and a restart, with all its locks.",
        judge=prepared_transaction,
    ),
    Rule(
        id="replication-slot",
        reason="A slot without a reader keeps WAL until the disk is full.",
        judge=replication_slot,
    ),
    Rule(
        id="slow-statement",
        reason="A few statements take most of a server's time.",
        judge=slow_statement,
        hidden="sessions",
        extension="pg_stat_statements",
    ),
    Rule(
        id="outdated-extension",
        reason="An upgrade of the server brings new versions of extensions, and does not install them.",
        judge=outdated_extension,
    ),
)
