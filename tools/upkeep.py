"""What to look after in a database of this schema: backups, statistics, indexes, bloat, partitions to come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools import phrases
from tools.catalog import Catalog
from tools.creations import join, split
from tools.document import Advice, Sheet
from tools.kinds import Column, Index
from tools.wording import counted

QUERIES = Path(__file__).parent / "queries" / "upkeep"
BACKUP = """\
pg_dump --format=custom --no-owner --file=backup.dump "$DATABASE_URL"
createdb restored && pg_restore --no-owner --exit-on-error --dbname=restored backup.dump
tools drift-check --expected migrations --actual "dbname=restored\""""
SLEEPS = (
    "Applications take the pooled address, migrations the direct one (`DATABASE_URL_UNPOOLED`): a pooler keeps no"
    " session. The first connection after a pause waits until the server is awake, so connect with patience and try"
    " again. Try a migration on a branch first: it has the real rows, and is thrown away at once. A long transaction"
    " keeps the server awake and large."
)
# The last number of the integer types
ENDS = {"smallint": 2**15 - 1, "integer": 2**31 - 1}


def advise(catalog: Catalog, sheets: Iterable[Sheet]) -> tuple[Advice, ...]:
    """Return what to do, from what every database needs to what only this one does."""
    ours = [sheet for sheet in sheets if not sheet.external]
    return (
        Advice(
            title="Back up, and try the backup",
            words="A backup is one when it was restored: the restored database is held against the migrations. The"
            " provider's point in time recovery covers what happened since.",
            commands=BACKUP,
        ),
        Advice(
            title="Know what the database works at",
            words="`pg_stat_statements` (in `shared_preload_libraries`) counts every statement; look at the sum of the"
            " time first, then at the mean.",
            statements=_query("slowest_statements"),
        ),
        Advice(title="Find indexes that nobody uses", words=_unused_words(ours), statements=_query("unused_indexes")),
        Advice(title="Find indexes that are missing", words=_missing_words(ours), statements=_missing(ours)),
        Advice(
            title="Watch for bloat",
            words=_bloat_words(catalog),
            statements="\n\n".join(filter(None, (_query("dead_rows"), "\n".join(_tidying(catalog))))),
        ),
        Advice(title="On a server that sleeps, such as Neon's", words=SLEEPS),
        *_partitions(catalog, ours),
        *_numbers(catalog),
        *_unfinished(catalog),
    )


def _query(name: str) -> str:
    """Return one of our queries."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8").rstrip()


def _unused_words(sheets: Iterable[Sheet]) -> str:
    found = [index.name for sheet in sheets for index in sheet.indexes if not index.serves and not index.queries]
    text = "Counters start when the statistics are reset, and a replica counts for itself: look at all of them."
    if not found or len(found) > 20:
        return text
    return f"{text} Here no constraint, foreign key or documented query names {phrases.names(found)}."


def _missing_words(sheets: Iterable[Sheet]) -> str:
    count = len(list(_unindexed(sheets)))
    told = f"{count} of the foreign keys have none that begins with their columns" if count else "here each has one"
    return f"A foreign key without an index makes each delete in the other table read this one: {told}."


def _missing(sheets: Iterable[Sheet]) -> str:
    lines = [
        f"create index concurrently on {table} ({columns});  -- {' '.join(name.split())}"
        for table, columns, name in _unindexed(sheets)
    ]
    more = [f"-- and {len(lines) - 20} more"] if len(lines) > 20 else []
    return "\n".join([*lines[:20], *more, *([""] if lines else []), _query("sequential_scans")])


def _unindexed(sheets: Iterable[Sheet]) -> Iterator[tuple[str, str, str]]:
    for sheet in sheets:
        served = {one for index in sheet.indexes for one in index.serves}
        for one in sheet.constraints:
            if one.kind == "foreign key" and f"foreign key {one.name}" not in served:
                yield sheet.name, one.definition.partition("(")[2].partition(") references")[0], one.name


def _bloat_words(catalog: Catalog) -> str:
    methods = {index.method for index in catalog.indexes}
    text = "Autovacuum keeps up with most tables; one whose dead rows grow wants a lower threshold of its own."
    if "gin" in methods:
        text += " GIN indexes collect new entries in a list first, and a long list slows reading."
    if "brin" in methods:
        text += " BRIN indexes do not know new blocks before they are summarized."
    return text


def _tidying(catalog: Catalog) -> Iterator[str]:
    partitioned = {table.name for table in catalog.tables if table.partition_key}
    for index in catalog.indexes:
        call = _tidy(index)
        if call and index.table not in partitioned:
            yield f"select {call}({_regclass(index.name)});"


def _tidy(index: Index) -> str | None:
    return {"gin": "gin_clean_pending_list", "brin": "brin_summarize_new_values"}.get(index.method)


def _regclass(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _partitions(catalog: Catalog, sheets: Iterable[Sheet]) -> Iterator[Advice]:
    """Yield, for each table with partitions, where they end and what makes the next one."""
    for sheet in sheets:
        if not sheet.partition_key:
            continue
        bounds = [text.partition(" ")[2] for text in sheet.partitions]
        last = max((bound for bound in bounds if bound.startswith("FOR VALUES FROM")), default="")
        makers = [
            one.name
            for one in catalog.functions
            if split(sheet.name)[1] in one.body and re.search(r"partition", one.body, re.IGNORECASE)
        ]
        told = f" The last one is {phrases.code(last)}." if last else ""
        made = f" {phrases.names(makers)} makes them." if makers else ""
        yield Advice(
            title=f"Make the partitions of {phrases.shown(sheet.name)} in time",
            words=f"{phrases.shown(sheet.name)} is partitioned by {phrases.code(sheet.partition_key)}, and has "
            + counted(len(sheet.partitions), "partition")
            + f".{told}{made} Old ones go by `detach partition concurrently`.",
            statements=_query("partitions"),
        )


def _numbers(catalog: Catalog) -> Iterator[Advice]:
    """Yield the columns whose numbers may run out."""
    found = [one for one in catalog.columns if one.type in ENDS and _counts(one)]
    if not found:
        return
    lines = [
        join("select", f"max({one.label}) / {ENDS[one.type]}.0 as used", f"from {one.container};") for one in found[:20]
    ]
    yield Advice(
        title="Watch numbers that end",
        words=f"{counted(len(found), 'key')} of a type that ends before bigint does. A wider type is a rewrite of the"
        " table: begin long before it is urgent.",
        statements="\n".join([*lines, *([f"-- and {len(found) - 20} more"] if len(found) > 20 else [])]),
    )


def _counts(column: Column) -> bool:
    return bool(column.identity) or (column.default or "").startswith("nextval(")


def _unfinished(catalog: Catalog) -> Iterator[Advice]:
    """Yield what a change left half done."""
    lines = [
        f"alter {one.parents[0]} validate constraint {one.label};"
        for one in catalog.constraints
        if not one.validated and one.enforced
    ]
    lines += [f"reindex index concurrently {one.name};" for one in catalog.indexes if not one.valid]
    if lines:
        yield Advice(
            title="Finish what was begun",
            words="Constraints that old rows may break, and indexes that were not built to their end.",
            statements="\n".join(lines),
        )
