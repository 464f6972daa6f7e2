"""A database that has the schema already: its migrations are recorded as applied, once the catalogs agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from psycopg import sql

from tools import catalog, database, drift, runner, scratch, sources, subset
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.drift import Difference
from tools.errors import Trouble
from tools.history import History, Step, find, refusals
from tools.kinds import Table
from tools.migrations import Migration, stamp
from tools.runner import Applied, Options, Say

Source = Literal["yoyo", "alembic", "dbmate", "flyway", "catalog"]

SHOWN = 20  # differences; more of them say no more
NOT_EQUAL = "the database is not what these migrations would have made"
CATALOG = "tools mark --from catalog"
ABSENT = f"no table {{}} in this database: name the tool that migrated it, or compare with {CATALOG}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Where another tool keeps its ledger; `versions` asks for each version, and whether it stands for all before."""

    table: str
    column: str
    versions: str

    def keeps(self, table: Table) -> bool:
        """Tell whether this table, in any schema, is the tool's."""
        return table.label == self.table and self.column in table.columns


# Of Flyway a version's newest row counts, which may be its undoing; a baseline stands for all before it:
# https://documentation.red-gate.com/flyway/flyway-concepts/migrations/flyway-schema-history-table
FLYWAY = (
    "select version, type = 'BASELINE' from (select distinct on (version) * from {} where version is not null"
    " order by version, installed_rank desc) as newest where success and type !~ '^(UNDO|DELETE)' order by 1"
)
TOOLS: Mapping[str, Tool] = {
    "alembic": Tool(table="alembic_version", column="version_num", versions="select version_num, true from {}"),
    "dbmate": Tool(table="schema_migrations", column="version", versions="select version, false from {} order by 1"),
    "flyway": Tool(table="flyway_schema_history", column="installed_rank", versions=FLYWAY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a proposal is held against; `tables` are other tools' ledgers by key, `external` those of the contract."""

    history: History
    applied: frozenset[str]
    actual: Catalog
    versions: tuple[tuple[str, bool], ...]
    tables: frozenset[str]
    external: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The migrations to record, proved on `actual`; the newest ones may be `unseen`: no catalog tells they ran.

    `left` are the keys of another tool's own tables, which no migration makes.
    """

    steps: tuple[Step, ...]
    proof: str
    actual: Catalog
    unseen: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def mark(
    url: str,
    project: Project,
    options: Options,
    wanted: tuple[str, ...],
    reader: sources.Reader,
    *,
    ask: Callable[[str], None],
    say: Say,
) -> tuple[Applied, ...]:
    """Record `wanted` as applied without running them; refuse where the database is not what they would have made.

    `ask` leaves where the answer is no; where nothing is to record, nobody is asked.
    """
    steps = plan(url, project, wanted)
    if not steps:
        return ()
    if found := reader.compare_after(url, steps):
        raise Trouble(_refusal(found))
    ask(f"record {len(steps)} as applied on {database.describe(url)}?")
    return runner.mark(url, project, options, steps, say=say)


def plan(url: str, project: Project, wanted: tuple[str, ...]) -> tuple[Step, ...]:
    """Return the steps to record, in the order of the history; what is applied already is left out."""
    with database.connect(url, application="tools mark") as connection:
        history = runner.state(connection, project)
    return _to_record(history, frozenset(find(history, name).id for name in wanted))


def adopt(
    url: str,
    project: Project,
    options: Options,
    source: Source,
    reader: sources.Reader,
    *,
    ask: Callable[[str], None],
    say: Say,
) -> tuple[Applied, ...]:
    """Record what the database has, as `source` says and the catalog proves; `ask` leaves where the answer is no."""
    proposal = propose(url, project, source, reader, say=say)
    if proposal is None:
        return ()
    ids = [step.migration.id for step in proposal.steps]
    say(f"proposed: {len(ids)} of the history, {ids[0]} to {ids[-1]}\nproved: {proposal.proof}")
    for name in proposal.unseen:
        say(f"note: {name} changes nothing that a catalog shows: look yourself whether its rows are there")
    names = "".join(f"  {name}\n" for name in ids)
    ask(f"{names}record {len(ids)} as applied on {database.describe(url)}?")
    with database.connect(url, application="tools mark") as connection:
        if catalog.read(connection) != proposal.actual:  # somebody took a while to answer
            raise Trouble("the database changed after it was compared, so nothing was marked: run tools mark again")
    done = runner.mark(url, project, options, proposal.steps, say=say)
    for key in proposal.left:
        say(
            f"note: {key} is not of this history, so drift-check shows it: drop it when nothing reads it any more,"
            f" or leave it out with a line in .driftignore: unexpected {key}  # the ledger from before"
        )
    return done


def propose(url: str, project: Project, source: Source, reader: sources.Reader, *, say: Say) -> Proposal | None:
    """Return the migrations that the database has, proved by the catalog, or refuse; None where none is to record."""
    case = _read(url, project, source, reader)
    if source == "yoyo":
        say(f"yoyo's ledger is read as it is, and {len(case.applied)} are applied: see tools status")
        return None
    ids = None if source == "catalog" else _recorded(case, source, reader, say)
    if ids is None:
        return _find_point(case, reader, say)
    steps = tuple(step for step in reader.steps() if step.migration.id in ids | case.applied)
    if found := _differences(case, reader.replayed(steps)):
        raise Trouble(_refusal(found))
    return _proposal(case, reader, steps)


def _read(url: str, project: Project, source: Source, reader: sources.Reader) -> Case:
    """Ask the database for all that counts; refuse where the tool's table is missing, or a file of what is applied."""
    with database.explained("read what is there", url), database.connect(url, application="tools mark") as connection:
        history, actual = runner.state(connection, project), catalog.read(connection)
        if history.having("missing"):
            raise Trouble("\n".join(refusals(project, history, allow_late=True)))
        kinds = TOOLS if source == "catalog" else {source}.intersection(TOOLS)
        tables = {kind: tuple(one.name for one in actual.tables if TOOLS[kind].keeps(one)) for kind in kinds}
        if source == "yoyo" and not any(item.entry for item in history.items):
            raise Trouble(ABSENT.format(f"_yoyo_migration with anything applied in schema {project.ledger_schema}"))
        versions = _read_versions(connection, TOOLS[source], tables[source]) if source in TOOLS else ()
    return Case(
        history=history,
        applied=frozenset(item.id for item in history.items if item.entry and item.entry.applied),
        actual=actual,
        versions=versions,
        tables=frozenset(f"table {name}" for names in tables.values() for name in names),
        external=frozenset(table.key for table in reader.replayed(()).tables),
    )


def _read_versions(connection: Connection, tool: Tool, tables: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    if not tables:
        raise Trouble(ABSENT.format(tool.table))
    # the catalog has quoted the names, and not made them up
    queries = [sql.SQL(tool.versions).format(sql.SQL(name)) for name in tables]
    found = tuple(
        (str(version), bool(older)) for query in queries for version, older in database.ask(connection, query)
    )
    if not found:
        raise Trouble(f"{tables[0]} names nothing that is applied: compare with {CATALOG}")
    return found


def _recorded(case: Case, source: Source, reader: sources.Reader, say: Say) -> frozenset[str] | None:
    """Return the ids of what the tool's table records; None where it names nothing that a file here is called."""
    migrations = [step.migration for step in reader.steps()]
    ids, unknown = set[str](), list[str]()
    for version, older in case.versions:
        found = _named(version, migrations) if source == "alembic" else _numbered(version, migrations)
        if found is not None:
            place = [one.id for one in migrations].index(found)
            ids.update(one.id for one in migrations[0 if older else place : place + 1])
        elif older:
            say(f"no file here names {source}'s {version}: the catalogs are compared")
            return None
        else:
            unknown.append(version)
    if unknown:
        raise Trouble(
            f"{source} has applied {', '.join(unknown)}, and no file here is called so:"
            f" bring the files, or compare with {CATALOG}"
        )
    return frozenset(ids)


def _named(revision: str, migrations: list[Migration]) -> str | None:
    """Return the newest migration whose id has this revision in it, or whose text names it as Alembic writes it."""
    word = rf"{re.escape(revision)}(?![0-9a-z])"
    in_id = re.compile(rf"(?<![0-9a-z]){word}", re.IGNORECASE)
    in_text = re.compile(rf"(?:\brevision(?: id)?\s*[:=]\s*|running upgrade [^\n]*-> ){word}", re.IGNORECASE)
    found = [one.id for one in migrations if in_id.search(one.id) or in_text.search(one.up.text)]
    return found[-1] if found else None


def _numbered(version: str, migrations: list[Migration]) -> str | None:
    """Return the migration with this number, or with a stamp that begins so; Flyway's ``V1_2__name`` is 1.2."""
    wanted = version.replace("_", ".").lstrip("0")
    names = {one.id: one.id.removeprefix("V").replace("_", ".").lstrip("0") for one in migrations}
    for end in (r"(?:\.\.|$)", r"(?!\d)"):
        found = [id_ for id_, name in names.items() if re.match(re.escape(wanted) + end, name)]
        if len(found) == 1:
            return found[0]
    if not found and len(wanted) >= len("20260101"):
        found = [one.id for one in migrations if stamp(one.id).startswith(wanted)]
    if len(found) > 1:
        raise Trouble(
            f"version {version} could be {', '.join(found[:3])}: name what is applied, by its IDs, with tools mark"
        )
    return found[0] if found else None


def _find_point(case: Case, reader: sources.Reader, say: Say) -> Proposal | None:
    """Propose the newest point of the history that the database equals: the end, else one that a replay finds."""
    steps = reader.steps()
    whole = reader.replayed(steps)
    case = replace(case, tables=case.tables - {table.key for table in whole.tables})
    if _differences(case, whole):
        say(f"the database is not at the end of the history: replaying it migration by migration, {len(steps)} in all")
        steps = _search(case, reader, steps)
    unseen = _unseen(case, reader, steps)
    proposal = _proposal(case, reader, steps)
    if proposal is not None and len(unseen) < len(proposal.steps):
        return replace(proposal, unseen=unseen)
    say("the database has nothing of the history that is not recorded already")
    return None


def _search(case: Case, reader: sources.Reader, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps up to the last point that the database equals, or refuse and name the nearest one."""
    first = max((place for place, step in enumerate(steps, 1) if step.migration.id in case.applied), default=0)
    replays = enumerate(_replay(reader, ((), *((step,) for step in steps))))
    points = [(place, _differences(case, replayed)) for place, replayed in replays if place >= first]
    place, found = min(points, key=lambda point: (len(point[1]), -point[0]))
    if not found:
        return steps[:place]
    nearest = steps[place - 1].migration.id if place else "the one before the first migration"
    raise Trouble(_refusal(found, f"the database equals no point of the history (the nearest is {nearest})"))


def _replay(reader: sources.Reader, parts: Iterable[tuple[Step, ...]]) -> Iterator[Catalog]:
    """Replay part after part on a database of its own, and yield the catalog after each."""
    cluster = reader.cluster(())
    url = cluster.create(template=cluster.replayed)
    for steps in parts:
        scratch.replay(url, reader.project, steps)
        with database.connect(url, application="tools replay") as connection:
            found = catalog.read(connection)
        yield found


def _unseen(case: Case, reader: sources.Reader, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return the newest of these that the database equals a replay without, as where a file changes rows only."""
    if not steps or steps[-1].migration.id in case.applied or _differences(case, *_replay(reader, [steps[:-1]])):
        return ()
    return (*_unseen(case, reader, steps[:-1]), steps[-1].migration.id)


def _proposal(case: Case, reader: sources.Reader, proved: tuple[Step, ...]) -> Proposal | None:
    ids = [step.migration.id for step in proved]
    steps = _to_record(case.history, frozenset(ids))
    point = f"up to {ids[-1]}" if ids and proved == reader.steps()[: len(ids)] else f"of these {len(ids)} alone"
    made = {table.key for table in reader.replayed(proved).tables}
    left = tuple(sorted(case.tables - made))
    return Proposal(steps=steps, proof=f"equal to the replay {point}", actual=case.actual, left=left) if steps else None


def _differences(case: Case, replayed: Catalog) -> tuple[Difference, ...]:
    """Hold the database against a replay; another tool's ledger counts only where a migration makes one."""
    tables = case.tables - {table.key for table in replayed.tables}
    counted = subset.referenced(replayed, case.external)
    pair = (replayed, _without(case.actual, tables, frozenset(schema.key for schema in replayed.schemas)))
    return drift.diff(*(subset.contract(one, case.external, counted) for one in pair))


def _without(actual: Catalog, tables: frozenset[str], schemas: frozenset[str]) -> Catalog:
    """Leave out these tables, and the schema that has nothing else in it and is not one of ours."""
    homes = {parent for table in actual.tables if table.key in tables for parent in table.parents[:1]}
    rest = subset.without(actual, tables)
    return subset.without(rest, [home for home in homes - schemas if subset.belonging(rest, [home]) == {home}])


def _to_record(history: History, ids: frozenset[str]) -> tuple[Step, ...]:
    return tuple(
        Step(migration=item.migration, operation="apply")
        for item in history.items
        if item.id in ids and item.migration is not None and item.state in ("pending", "late", "unfinished")
    )


def _refusal(found: tuple[Difference, ...], why: str = NOT_EQUAL) -> str:
    shown = "\n".join(f"  {one.change} {one.kind} {one.name}" for one in found[:SHOWN])
    more = f"\n  and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (
        f"{why}, so none was marked:\n{shown}{more}\n"
        "nothing was changed: apply them with tools apply, or mend the database first"
    )
