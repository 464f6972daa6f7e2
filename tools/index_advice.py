"""What is said of indexes: too many, too few, broken, or larger than what is in them."""

from __future__ import annotations

from tools.advice import MB, RIPE, Advice, Row, Rule, Scene, number, share, size, span
from tools.findings import Risk

SMALL = MB  # an index below this costs next to nothing
LARGE = 100 * MB
FEW_SCANS = 100  # of a table: who reads it seldom may not have come by yet
FEW_ROWS = 1000  # of which reading all is a few pages
MANY_ROWS = 10_000  # from here on an index is faster than reading all
MOST_ROWS = 0.2  # the share of a table that a scan from end to end reads: workers in parallel count each as one
MOST = 0.9  # the share of one value, or of nulls, from which an index of all rows is mostly waste
WASTED_BYTES, WASTED_SHARE = 10 * MB, 0.3  # the estimate may be off by a fifth
CONCURRENTLY = "waits for the transactions at work and reads the whole table, but blocks no write"
EXCLUSIVE = "locks the table and its partitions while it runs: with a short lock_timeout, and again"


def unused(row: Row, scene: Scene) -> Advice | None:
    """Judge an index that no query read."""
    if row["size_bytes"] < SMALL or row["table_scans"] < FEW_SCANS:
        return None
    age = span(scene.statistics_seconds)
    message = (
        f"{size(row['size_bytes'])}, and no scan in {age}, while its table was read {number(row['table_scans'])} times"
        f" and {number(row['table_writes'])} rows were written"
    )
    if scene.is_young:
        todo = f"the statistics are {age} old: ask again when a month is in them"
        return Advice(risk="low", object=row["name"], message=message, todo=todo)
    return Advice(
        risk="medium" if row["size_bytes"] >= LARGE else "low",
        object=row["name"],
        message=message,
        todo="drop it, if nothing that runs seldom needs it",
        statement=_drop(row),
        caution=_doubts(row, scene),
    )


def _doubts(row: Row, scene: Scene) -> str:
    """Return why an index may be needed all the same, and how to get it back."""
    doubts = (
        [] if scene.statistics_seconds >= RIPE else ["what runs once a month has not run since the statistics began"]
    )
    if scene.standby:
        doubts += ["this standby counts its own queries: ask the primary and the other standbys, too"]
    elif scene.standbys:
        doubts += [f"others read from this server ({scene.standbys}) and count their own queries: ask there, too"]
    elif scene.neon:
        doubts += ["a read replica counts its own queries: ask there, too"]
    doubts += ["the planner loses the statistics of its expression"] if row["expression"] else []
    doubts += [EXCLUSIVE] if row["partitioned"] else []
    return "; ".join([*doubts, f"it comes back with {row['definition']}"])


def duplicate(row: Row, _: Scene) -> Advice:
    """Judge an index that holds what another one holds."""
    constraint = row["constraint"]
    return Advice(
        risk="medium" if row["size_bytes"] >= LARGE else "low",
        object=row["name"],
        message=f"{size(row['size_bytes'])}, and the same keys as {row['kept']}: each write pays twice",
        todo="drop one of the two",
        statement=f"alter table {row['table']} drop constraint {constraint}" if constraint else _drop(row),
        caution=EXCLUSIVE if constraint or row["partitioned"] else f"it comes back with {row['definition']}",
    )


def redundant(row: Row, _: Scene) -> Advice | None:
    """Judge an index that is the beginning of a longer one."""
    if row["size_bytes"] < SMALL:
        return None
    wider = row["kept_size_bytes"] / max(row["size_bytes"], 1)
    doubt = f"{row['kept']} is {wider:.1f} times as large, and read in its place; " if wider > 1.5 else ""
    return Advice(
        risk="low",
        object=row["name"],
        message=f"{size(row['size_bytes'])}, and {row['kept']} begins with the same keys",
        todo="drop it: the longer one serves the same queries",
        statement=_drop(row),
        caution=EXCLUSIVE if row["partitioned"] else f"{doubt}it comes back with {row['definition']}",
    )


def invalid(row: Row, _: Scene) -> Advice:
    """Judge an index that is not valid."""
    message = f"invalid, {size(row['size_bytes'])}: no query reads it, and each write may pay for it"
    if row["busy"]:
        todo = "somebody builds, reindexes or vacuums on its table just now: ask again when that is done"
        return Advice(risk="low", object=row["name"], message=message, todo=todo)
    if row["partitioned"]:
        todo = "a partition has no such index: create it there concurrently, then alter index … attach partition"
        return Advice(risk="medium", object=row["name"], message=message, todo=todo)
    if row["leftover"]:
        todo, statement = "a reindex concurrently was broken off and left it: drop it", _drop(row)
    else:
        todo, statement = "build it again, or drop it", f"reindex index concurrently {row['name']}"
    risk: Risk = "high" if row["unique"] and not row["leftover"] else "medium"
    if risk == "high":
        message += ", and what it should keep unique may not be"
    caution = "waits for the transactions at work" if row["leftover"] else CONCURRENTLY
    return Advice(risk=risk, object=row["name"], message=message, todo=todo, statement=statement, caution=caution)


def missing_on_foreign_key(row: Row, _: Scene) -> Advice | None:
    """Judge a foreign key without an index."""
    rows, deletes = row["rows"], row["referenced_deletes"]
    if rows < FEW_ROWS:
        return None
    is_felt = rows >= MANY_ROWS and deletes > 0
    about = f" ({number(deletes)} deleted so far)" if deletes else ""
    return Advice(
        risk="medium" if is_felt else "low",
        object=row["name"],
        message=(
            f"no index on {row['table']} ({row['columns']}), about {number(rows)} rows: each delete or new key in"
            f" {row['referenced']} reads them all{about}"
        ),
        todo="create an index" + (" on each partition concurrently, then on the whole" if row["partitioned"] else ""),
        statement=_create(row, row["columns"]),
        caution="blocks writes to all partitions while it is built" if row["partitioned"] else CONCURRENTLY,
    )


def missing(row: Row, scene: Scene) -> Advice | None:
    """Judge a large table that is read from end to end."""
    scans, rows = row["sequential_scans"], row["rows"]
    each = row["rows_read"] / scans
    if rows < MANY_ROWS or scans < FEW_SCANS or each < MOST_ROWS * rows:
        return None
    return Advice(
        risk="medium" if rows >= 10 * MANY_ROWS else "low",
        object=row["name"],
        message=(
            f"read from end to end {number(scans)} times in {span(scene.statistics_seconds)}, about {number(each)} rows"
            f" each time, and {number(row['index_scans'])} times by an index"
        ),
        todo="find the statements (pg_stat_statements), explain them, and create the index that they lack",
    )


def one_sided(row: Row, _: Scene) -> Advice | None:
    """Judge an index that holds mostly one value, or mostly nulls."""
    nulls, value = row["null_share"], row["value_share"] or 0.0
    if row["size_bytes"] < SMALL or max(nulls, value) < MOST:
        return None
    if nulls < MOST:
        todo = f"index only the other values: create index concurrently on {row['table']} ({row['column']}) where …"
        message = f"{size(row['size_bytes'])}, and {share(value)} of the rows have one value: nobody finds them by it"
        return Advice(risk="low", object=row["name"], message=message, todo=todo)
    return Advice(
        risk="low",
        object=row["name"],
        message=f"{size(row['size_bytes'])}, and {share(nulls)} of its entries are null",
        todo="index only the others, then drop this one, if no query looks for nulls",
        statement=f"{_create(row, row['column'])} where {row['column']} is not null",
        caution=CONCURRENTLY,
    )


def bloated(row: Row, _: Scene) -> Advice | None:
    """Judge a B-tree index that is larger than what is in it."""
    wasted, whole = row["wasted_bytes"], row["size_bytes"]
    if wasted < WASTED_BYTES or wasted < WASTED_SHARE * whole:
        return None
    return Advice(
        risk="medium" if wasted >= 10 * LARGE else "low",
        object=row["name"],
        message=(
            f"about {size(wasted)} of {size(whole)} is empty ({share(wasted / whole)}): an estimate by the average"
            " width of its entries, which may be off by a fifth"
        ),
        todo="build it again",
        statement=f"reindex index concurrently {row['name']}",
        caution=f"{CONCURRENTLY}; needs room for a second copy",
    )


def _drop(row: Row) -> str:
    return f"drop index {'' if row['partitioned'] else 'concurrently '}{row['name']}"


def _create(row: Row, columns: str) -> str:
    return f"create index {'' if row['partitioned'] else 'concurrently '}on {row['table']} ({columns})"


RULES = (
    Rule(
        id="invalid-index",
        reason="A build that was broken off leaves an index that each write pays for and no query reads.",
        judge=invalid,
    ),
    Rule(
        id="unused-index",
        reason="An index that nobody reads costs every write, memory, and time of vacuum.",
        judge=unused,
    ),
    Rule(id="duplicate-index", reason="Two indexes with the same keys cost twice and serve once.", judge=duplicate),
    Rule(
        id="redundant-index",
        reason="An index on (a, b) answers what one on (a) answers.",
        judge=redundant,
    ),
    Rule(
        id="foreign-key-without-index",
        reason="Each delete on the other side of a foreign key looks for the rows that point there.",
        judge=missing_on_foreign_key,
    ),
    Rule(
        id="sequential-scans",
        reason="A large table that is read from end to end for a few rows lacks an index.",
        judge=missing,
    ),
    Rule(
        id="one-sided-index",
        reason="Of an index in which nearly all entries are alike a partial one is a fraction.",
        judge=one_sided,
        hidden="statistics",
    ),
    Rule(
        id="bloated-index",
        reason="Emptied pages of a B-tree are read and kept in memory like full ones.",
        judge=bloated,
        hidden="statistics",
    ),
)
