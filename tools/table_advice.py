"""What is said of tables: vacuum, wraparound, keys and sequences that run out, partitions to come."""

from __future__ import annotations

from tools.advice import HOUR, MB, Advice, Row, Rule, Scene, number, share, size, span
from tools.findings import Risk

# https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND: 40 million before the end the
# server warns, 3 million before it gives out no more numbers
LAST_NUMBER = 2**31
OLD, VERY_OLD = 400_000_000, 1_000_000_000
FEW_ROWS, MANY_ROWS = 1000, 10_000
LATE = 2  # times the threshold of autovacuum: once is no fault, it may be on its way
WASTED_BYTES, WASTED_SHARE = 10 * MB, 0.4  # the estimate may be off by a fifth
NEAR, VERY_NEAR = 0.7, 0.9  # the share of a sequence that is used up
GROWING = 1_000_000  # rows of a table whose key should have been a bigint
REWRITES = "rewrites the table, which nobody reads meanwhile: a large one needs a new column, filled in batches"
PAST = 10  # times its width: a table whose partitions ended so long ago is an archive, or somebody would have noticed


def bloated(row: Row, scene: Scene) -> Advice | None:
    """Judge a table that is larger than what is in it."""
    wasted, whole = row["wasted_bytes"], row["size_bytes"]
    if wasted < WASTED_BYTES or wasted < WASTED_SHARE * whole:
        return None
    measure = f": measure it with pgstattuple_approx({row['literal']})" if "pgstattuple" in scene.extensions else ""
    return Advice(
        risk="medium" if wasted >= 1000 * MB else "low",
        object=row["name"],
        message=(
            f"about {size(wasted)} of {size(whole)} is empty ({share(wasted / whole)}): an estimate by the average"
            " width of its rows, which may be off by a fifth"
        ),
        todo=f"new rows will fill it; where they do not, give it back{measure}",
        statement=f"vacuum (full, analyze) {row['name']}",
        caution="nobody uses the table meanwhile, and it needs room for a second copy; pg_repack does it online",
    )


def overdue_vacuum(row: Row, scene: Scene) -> Advice | None:
    """Judge a table with dead rows that nobody removes."""
    dead, threshold, when = row["dead_rows"], row["threshold"], row["vacuumed_seconds"]
    if dead < MANY_ROWS or not _is_late(dead, threshold, when, scene, autovacuum=row["autovacuum"]):
        return None
    last = f"vacuumed {span(when)} ago" if when is not None else "not vacuumed since the statistics began"
    why = "" if row["autovacuum"] else ", and autovacuum is off for it"
    todo = "vacuum it, and see what kept autovacuum away: a long transaction, a slot, its cost limits"
    return Advice(
        risk="medium" if dead > row["rows"] or not row["autovacuum"] else "low",
        object=row["name"],
        message=(
            f"{number(dead)} dead rows beside {number(row['rows'])}, autovacuum comes at {number(threshold)}:"
            f" {last}{why}"
        ),
        todo=todo if row["autovacuum"] else "vacuum it, and let autovacuum do it from now on",
        statement=f"vacuum {row['name']}",
        caution="reads and writes go on; it costs reading",
    )


def _is_late(count: int, threshold: int, when: float | None, scene: Scene, *, autovacuum: bool) -> bool:
    """Tell whether autovacuum should have come long ago: it comes by once in a while, and then takes its time."""
    if not autovacuum:
        return count > threshold
    since = scene.statistics_seconds if when is None else when
    return count > LATE * threshold and since >= HOUR


def overdue_analyze(row: Row, scene: Scene) -> Advice | None:
    """Judge a table of which the planner knows nothing, or nothing new."""
    changed, threshold, when = row["changed_rows"], row["threshold"], row["analyzed_seconds"]
    is_late = _is_late(changed, threshold, when, scene, autovacuum=row["autovacuum"]) and not row["partitioned"]
    if row["rows"] < FEW_ROWS or not (row["never"] or is_late):
        return None
    if row["never"]:
        message = f"never analyzed, and about {number(row['rows'])} rows: plans are guesses"
    else:
        last = f"analyzed {span(when)} ago" if when is not None else "not analyzed since the statistics began"
        message = f"{number(changed)} rows changed, autovacuum comes at {number(threshold)}: {last}"
    return Advice(
        risk="low" if row["rows"] < 10 * MANY_ROWS else "medium",
        object=row["name"],
        message=message if row["autovacuum"] else f"{message}; autovacuum is off for it",
        todo="analyze it"
        + (", now and then: autovacuum does not, of a partitioned table" if row["partitioned"] else ""),
        statement=f"analyze {row['name']}",
        caution="reads a sample; reads and writes go on",
    )


def database_wraparound(row: Row, _: Scene) -> Advice | None:
    """Judge how far a database is from the end of its numbers."""
    if (found := _wraparound(row)) is None:
        return None
    risk, message = found
    todo = "vacuum the tables with the oldest numbers, from within it, and look for what holds them back"
    return Advice(risk=risk, object=row["name"], message=message, todo=todo)


def table_wraparound(row: Row, _: Scene) -> Advice | None:
    """Judge how far a table is from the end of its numbers."""
    if (found := _wraparound(row)) is None:
        return None
    risk, message = found
    return Advice(
        risk=risk,
        object=row["name"],
        message=f"{message}, {size(row['size_bytes'])}",
        todo="freeze it before autovacuum must, and look for what holds it back",
        statement=f"vacuum (freeze, verbose) {row['name']}",
        caution="reads all of it that is not frozen yet; reads and writes go on",
    )


def _wraparound(row: Row) -> tuple[Risk, str] | None:
    """Return risk and sentence of numbers that are older than autovacuum lets them grow."""
    ages = (
        ("transaction", row["transactions"], row["freeze_max_age"]),
        ("multixact", row["multixacts"], row["multixact_freeze_max_age"]),
    )
    kind, age, limit = max(ages, key=lambda one: one[1] or 0)
    if age is None or age < max(OLD, 1.2 * limit):
        return None
    left = LAST_NUMBER - age
    message = (
        f"{number(age)} {kind} numbers old: {number(left)} are left, and autovacuum freezes from {number(limit)} on"
    )
    return "high" if age >= VERY_OLD else "medium", message


def without_primary_key(row: Row, _: Scene) -> Advice:
    """Judge a table without a primary key."""
    is_refused = row["published"] and not row["identified"]
    index = row["unique_index"]
    statement = f"alter table {row['name']} add primary key using index {index}" if index else None
    message = f"no primary key, about {number(row['rows'])} rows: nothing tells two rows apart"
    return Advice(
        risk="medium" if is_refused else "low",
        object=row["name"],
        message=f"{message}, and it is published: update and delete are refused" if is_refused else message,
        todo="make its unique index the primary key"
        if index
        else "give it a primary key, an identity if nothing else is one",
        statement=statement,
        caution="a short exclusive lock; the index takes the name of the constraint" if statement else None,
    )


def near_end(row: Row, _: Scene) -> Advice | None:
    """Judge a sequence that will run out."""
    last, most = row["last_value"], row["last_possible"]
    if (used := last / most) < NEAR:
        return None
    risk: Risk = "high" if used >= VERY_NEAR else "medium"
    message = f"at {number(last)} of {number(most)} ({share(used)}): then inserts fail"
    column = f"{row['table']}.{row['column']}" if row["column"] else None
    if column is None or row["type"] == "bigint":
        statement = None if most == 2**63 - 1 else f"alter sequence {row['name']} as bigint no maxvalue"
        return Advice(
            risk=risk,
            object=row["name"],
            message=message,
            todo="let it count further, if what it fills holds a bigint",
            statement=statement,
            caution="a short lock on the sequence" if statement else None,
        )
    return Advice(
        risk=risk,
        object=row["name"],
        message=f"{message}; it fills {column}, of type {row['type']}",
        todo="make the column a bigint, and all that point to it",
        statement=f"alter table {row['table']} alter column {row['column']} type bigint",
        caution=REWRITES,
    )


def integer_key(row: Row, _: Scene) -> Advice | None:
    """Judge a key of four bytes, and a foreign key that is narrower than what it points to."""
    column = f"{row['name']}.{row['column']}"
    if row["role"] == "reference":
        risk: Risk = "medium"
        message = (
            f"{row['type']}, and points to a {row['wanted']} of {row['referenced']}: not all rows there can be named"
        )
        todo = "make it as wide as the key"
    elif row["rows"] >= GROWING:
        risk, message = "low", f"{row['type']}, the primary key of about {number(row['rows'])} rows"
        todo = "plan a bigint while it is still easy; sequence-near-end says how near the end is"
    else:
        return None
    return Advice(
        risk=risk,
        object=column,
        message=message,
        todo=todo,
        statement=f"alter table {row['name']} alter column {row['column']} type {row['wanted']}",
        caution=REWRITES,
    )


def partitions_to_come(row: Row, _: Scene) -> Advice | None:
    """Judge how long the partitions of a table last."""
    if row["last_bound"] is None:
        return Advice(
            risk="medium" if not row["has_default"] else "low",
            object=row["name"],
            message="partitioned by time, and has no partition with bounds",
            todo="create the first partition",
        )
    left, width = row["left_seconds"], row["width_seconds"]
    if left >= width:
        return None
    risk: Risk = "low" if left < -PAST * width else "medium" if row["has_default"] or left >= 0 else "high"
    fate = "rows go to the default partition" if row["has_default"] else "inserts fail"
    ended = (
        f"ended {span(-left)} ago: new {fate}"
        if left < 0
        else f"end in {span(left)}, at {row['last_bound']}: then {fate}"
    )
    return Advice(
        risk=risk,
        object=row["name"],
        message=f"its partitions {ended}",
        todo="create the partitions to come, and have somebody do it regularly, if rows of new times still come",
        statement=(
            f"create table {row['next_name']} partition of {row['name']}"
            f" for values from ('{row['last_bound']}') to ('{row['next_bound']}')"
        ),
        caution="locks the table for a moment"
        + (", and for a scan of the default partition" if row["has_default"] else ""),
    )


def default_partition(row: Row, _: Scene) -> Advice | None:
    """Judge a default partition that has rows."""
    if not row["rows"]:
        return None
    return Advice(
        risk="medium",
        object=row["name"],
        message=f"the default partition of {row['table']} has about {number(row['rows'])} rows",
        todo="move them to partitions of their own: where they lie, a partition for their range cannot be created, and"
        " creating any other scans them all under an exclusive lock",
    )


RULES = (
    Rule(
        id="database-wraparound",
        reason="A database that runs out of transaction numbers takes no more writes.",
        judge=database_wraparound,
    ),
    Rule(
        id="table-wraparound",
        reason="The table with the oldest numbers says how near its database is to that.",
        judge=table_wraparound,
    ),
    Rule(
        id="sequence-near-end",
        reason="When a sequence, or the integer column that it fills, is at its end, inserts fail.",
        judge=near_end,
        hidden="sequences",
    ),
    Rule(
        id="partitions-to-come",
        reason="Rows behind the last partition fail, or fill the default partition.",
        judge=partitions_to_come,
    ),
    Rule(
        id="default-partition",
        reason="Rows of a default partition stand in the way of each partition to come.",
        judge=default_partition,
    ),
    Rule(
        id="overdue-vacuum",
        reason="Dead rows that are not removed make a table grow, and its queries slow.",
        judge=overdue_vacuum,
    ),
    Rule(
        id="overdue-analyze",
        reason="Without statistics of its columns, or with old ones, the planner guesses.",
        judge=overdue_analyze,
    ),
    Rule(
        id="bloated-table",
        reason="Empty pages are read by each scan, kept in memory, and backed up.",
        judge=bloated,
        hidden="statistics",
    ),
    Rule(
        id="table-without-primary-key",
        reason="Without a key a row cannot be named: not by an application, not by logical replication.",
        judge=without_primary_key,
    ),
    Rule(
        id="integer-key",
        reason="Four bytes end at 2,147,483,647, and to widen a large key is work for weeks.",
        judge=integer_key,
    ),
)
