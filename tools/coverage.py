"""Does an index serve each documented query, and does each index serve something? Read off plans that were run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from psycopg import sql

from tools import catalog, database, migrations, origins, patterns, plans, scratch, sources, sowing
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.findings import Finding, Risk, Rule
from tools.kinds import Index
from tools.origins import Origins
from tools.patterns import Pattern
from tools.plans import Node, Plan

LARGE = 5_000  # rows; to read fewer from end to end is often the best plan
TRIALS = 12  # indexes that are tried for a query
HELPS = 0.5  # of the cost: what helps less is not worth an index
ARRAYS = re.compile(r"\[\]$|^(?:jsonb|tsvector)$")
# a function's call that is compared, as PostgreSQL prints it: lower((t.name)::text) = 'x'
CALL = re.compile(r"(\w+\(\(?(?:\w+\.)?\w+\)?(?:::[a-z ]+)?\)) = ")
TESTED = re.compile(r"(?:\w+\.)?(\"[^\"]+\"|\w+)\)?(?:::[a-z ]+)? (=|<=|>=|<|>|~~\*?|@>|&&|@@) ")

RULES = (
    Rule(
        id="index-not-used",
        class_="design",
        risk="medium",
        reason="the header of a query names an index, and the plan on large data does without",
        instead="name the index that serves it, mend the query or the index",
    ),
    Rule(
        id="large-sequential-scan",
        class_="design",
        risk="high",
        reason="a documented query reads a large table from end to end, and takes longer with every row",
        instead="an index for it",
    ),
    Rule(
        id="query-without-index",
        class_="design",
        risk="low",
        reason="the header of a query names no index, so nobody would see it lose its own",
        instead="write -- index: NAME in its header",
    ),
    Rule(
        id="unused-index",
        class_="design",
        risk="medium",
        reason="an index that serves no documented query, no constraint and no foreign key costs every write",
        instead="document the query that it serves in the folder of queries, or drop it",
    ),
)
BY_ID = {rule.id: rule for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A documented query, and how it was run."""

    pattern: Pattern
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An index that was made, for once, and the plan with it."""

    statement: str
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The queries with their plans, and what is wrong with them; `whole` where none was left out."""

    explained: tuple[Explained, ...]
    findings: tuple[Finding, ...]
    major: int
    whole: bool


def examine(
    project: Project,
    settings: scratch.Settings,
    names: tuple[str, ...] = (),
    *,
    scale: float = 1.0,
    say: Callable[[str], None] = lambda _: None,
) -> Explanation:
    """Run the documented queries on a scratch database with large data; indexes are judged by all queries only."""
    chosen = patterns.read(project, names)
    steps = scratch.steps_of(migrations.read(project))
    filling = sowing.filling(project, scale, say, kept=settings.url is None)
    with (
        scratch.cluster(settings, project=project, steps=steps, filling=filling) as cluster,
        database.connect(cluster.url(str(cluster.replayed)), application="tools explain") as connection,
    ):
        found = catalog.read(connection)
        explained = explain(connection, chosen)
        findings = of_queries(connection, found, explained)
    if not names:
        with sources.reader(project, settings) as reader:
            external = reader.external()
        findings += of_indexes(found, explained, external, origins.find(project, steps))
    return Explanation(explained=explained, findings=findings, major=found.major, whole=not names)


def explain(connection: Connection, chosen: tuple[Pattern, ...]) -> tuple[Explained, ...]:
    """Run every query, and undo what it did."""
    return tuple(Explained(pattern=one, plan=plans.run(connection, one)) for one in chosen)


def of_queries(connection: Connection, found: Catalog, explained: tuple[Explained, ...]) -> tuple[Finding, ...]:
    """Return what is wrong with how the queries run; for one that reads too much an index is looked for."""
    return tuple(finding for one in explained for finding in _of_query(connection, found, one))


def of_indexes(
    found: Catalog, explained: tuple[Explained, ...], external: frozenset[str], known: Origins
) -> tuple[Finding, ...]:
    """Return the indexes that nobody needs, but for those of tables that another system owns."""
    used = {name for one in explained for name in (*one.plan.indexes, *one.pattern.indexes)}
    return tuple(
        _finding(
            "unused-index",
            known.where("index", index.name),
            index.name,
            f"{index.name} serves nothing that is documented",
        )
        for index in found.indexes
        if bare(index.name) not in used and not index.unique and f"table {index.table}" not in external
        if not _serves_a_key(found, index)
    )


def suggest(connection: Connection, found: Catalog, one: Explained) -> Suggestion | None:
    """Make indexes that might help, each alone, run the query with each, and return the one that helps most."""
    best = None
    for statement in list(dict.fromkeys(_candidates(found, one.plan)))[:TRIALS]:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
            plan = plans.run(connection, one.pattern)
        least = best.plan.cost if best else one.plan.cost * HELPS
        if plan.cost < least and plan.indexes - one.plan.indexes:
            best = Suggestion(statement=statement, plan=plan)
    return best


def bare(printed: str) -> str:
    """Return the last part of a qualified name, without its quotes.

    >>> bare('public."Odd.name"'), bare("public.plain")
    ('Odd.name', 'plain')
    """
    quoted = re.search(r'"((?:[^"]|"")*)"$', printed)
    return quoted[1].replace('""', '"') if quoted else printed.rpartition(".")[2]


def _of_query(connection: Connection, found: Catalog, one: Explained) -> Iterator[Finding]:
    pattern, plan = one.pattern, one.plan
    scans = sorted({f"{node.table} ({node.read:,} rows)" for node in _scans(plan)})
    place = pattern.place("index")
    if scans:
        message = f"{pattern.name} reads {', '.join(scans)} from end to end"
        better = suggest(connection, found, one)
        yield _finding(
            "large-sequential-scan", place, pattern.name, message, _measured(one, better) if better else None
        )
    known = {bare(index.name) for index in (*found.indexes, *found.constraints)}
    for name in pattern.indexes:
        if name not in known:
            yield _finding("index-not-used", place, pattern.name, f"{pattern.name} names {name}, and there is none")
        elif name not in plan.indexes:
            others = ", ".join(sorted(plan.indexes)) or "none"
            yield _finding("index-not-used", place, pattern.name, f"{pattern.name} names {name}, and uses {others}")
    if not pattern.indexes and not scans:
        names = ", ".join(sorted(plan.indexes)) or "none"
        yield _finding("query-without-index", place, pattern.name, f"{pattern.name} names no index, and uses {names}")


def _scans(plan: Plan) -> Iterator[Node]:
    yield from (node for node in plan.root.walk() if node.type == "Seq Scan" and node.read >= LARGE)


def _measured(one: Explained, better: Suggestion) -> str:
    return (
        f"{better.statement}: tried, the cost falls from {one.plan.cost:,.0f} to {better.plan.cost:,.0f},"
        f" the time from {one.plan.milliseconds:,.1f} to {better.plan.milliseconds:,.1f} ms"
    )


def _finding(rule: str, place: str | None, name: str, message: str, instead: str | None = None) -> Finding:
    known = BY_ID[rule]
    file, _, line = (place or "").rpartition(":")
    risk: Risk = known.risk
    return Finding(
        rule=rule,
        class_=known.class_,
        risk=risk,
        file=file or None,
        line=int(line) if line else None,
        statement=name,
        message=message,
        instead=instead or known.instead,
    )


def _serves_a_key(found: Catalog, index: Index) -> bool:
    """Tell whether a foreign key is looked up by the index: its columns lead, and no row that points is left out."""
    keys = [key.partition(" ")[0] if not key.startswith('"') else key for key in index.keys]
    return index.predicate in (None, f"({keys[0]} IS NOT NULL)") and any(
        one.type == "foreign key" and one.container == index.table and set(keys[: len(one.columns)]) == set(one.columns)
        for one in found.constraints
    )


def _candidates(found: Catalog, plan: Plan) -> Iterator[str]:
    """Yield statements for indexes on what a large scan tests: what must be equal first, then bounds and order."""
    orders = [key for node in plan.root.walk() for key in node.sort]
    for node in _scans(plan):
        tests = [(f'"{name}"' if not name.startswith('"') else name, how) for name, how in TESTED.findall(node.filter)]
        types = {
            f'"{bare(one.label)}"': one.type
            for one in found.columns
            if one.container and (bare(one.container), one.container.partition(".")[0]) == (node.table, node.schema)
        }
        equal = [name for name, how in tests if how == "=" and name in types]
        bounds = [name for name, how in tests if how in ("<", "<=", ">", ">=") and name in types]
        sorts = [f'"{match[1]}"' for key in orders if (match := re.match(r"(?:\w+\.)?\"?(\w+)\"?", key))]
        sorts = [name for name in sorts if name in types]
        table = sql.SQL("{}").format(sql.Identifier(str(node.schema), str(node.table))).as_string()
        for name, how in tests:
            if name in types and ARRAYS.search(types[name]):
                yield f"create index on {table} using gin ({name})"
            elif how.startswith("~~") and any(one.name == "pg_trgm" for one in found.extensions):
                yield f"create index on {table} using gin ({name} gin_trgm_ops)"
        calls = [re.sub(r"\b\w+\.(?=\w)", "", call) for call in CALL.findall(node.filter)]
        yield from (f"create index on {table} ({', '.join([*equal, f'({call})'])})" for call in calls)
        for columns in (
            [*equal, *bounds],
            [*equal, *sorts],
            equal,
            [*equal[:1], *sorts],
            bounds,
            *([one] for one in equal),
        ):
            if columns:
                yield f"create index on {table} ({', '.join(dict.fromkeys(columns))})"
