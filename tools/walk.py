"""Walks through a history on scratch and measures the files that are asked for, each in the state that it will meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import psycopg
from psycopg import sql

from tools import catalog, database, drift, measure, release, sampling, scratch, transfer, tree
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.effects import Effect
from tools.errors import Trouble
from tools.history import Step
from tools.kinds import Table
from tools.measure import ABOUT_ROWS, Measurement
from tools.scenes import Scene
from tools.sizes import Sizes

MAY_BREAK_WRITES = re.compile(r"(?i)\b(?:trigger|function|procedure|rule|policy)\b")
COUNT = sql.SQL("select {}, pg_catalog.count(*) from {}")
POPULATED = """
select name
from pg_catalog.unnest(%s::text[]) as name
join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(name)
where c.relispopulated
"""
WRITE = sql.SQL("update {table} set {name} = {name} where ctid = (select ctid from {table} limit 1)")


@dataclass(kw_only=True)
class Walk:
    """One way through a history.

    `major` is the PostgreSQL that the files are for; scratch's own, where nothing else is said. `url` has rows in it:
    of each table in `real` that many of those that `live` has, else made up. `clean` is the same history without,
    `behind` what it has not seen yet.
    """

    cluster: scratch.Cluster
    project: Project
    sizes: Sizes
    major: int | None = None
    live: Connection | None = None
    queries: Mapping[str, str] = field(default_factory=dict)
    real: dict[str, int] = field(default_factory=dict)
    url: str = ""
    clean: str | None = None
    behind: list[Step] = field(default_factory=list)
    before: Catalog | None = None
    asked: dict[str, release.Answer] | None = None
    notes: list[str] = field(default_factory=list)
    _connection: Connection | None = None

    def scenes(self, steps: tuple[Step, ...], wanted: frozenset[str], history: frozenset[str]) -> Iterator[Scene]:
        """Yield a scene for each wanted step; the others are replayed. It ends at a file that really fails."""
        self._go_to(self.cluster.create(template=self.cluster.replayed))
        try:
            yield from self._follow(steps, wanted, history)
        finally:
            self.connection.close()

    @property
    def connection(self) -> Connection:
        """The session that looks: one for all files, for it knows the catalog better each time."""
        if self._connection is None:
            self._connection = database.connect(self.url, application="tools lint")
        return self._connection

    def _go_to(self, url: str) -> None:
        if self._connection is not None:
            self._connection.close()
        self.url, self._connection = url, None

    def _follow(self, steps: tuple[Step, ...], wanted: frozenset[str], history: frozenset[str]) -> Iterator[Scene]:
        for step in steps:
            if step.migration.id in wanted:
                scene = replace(self._look(step), in_history=step.migration.id in history)
                yield scene
                if not scene.measurement.done:
                    self.notes.append(f"{step.said()} fails, so nothing after it was looked at")
                    return
                self.before = scene.after
            else:
                self._pass(step)
                self.before = self.asked = None
            self.behind.append(step)

    def _pass(self, step: Step) -> None:
        """Replay a file that nobody asked for; where it fails, again without rows, for they may be what it refuses."""
        try:
            scratch.replay(self.url, self.project, (step,))
        except Trouble:
            self._leave_rows()
            scratch.replay(self.url, self.project, (step,))

    def _look(self, step: Step) -> Scene:
        """Measure with rows; where the file fails, again without: then it was the rows, or it really fails."""
        before = self.before or self._read()
        broken: dict[str, str] = {}
        tables: tuple[str, ...] = ()

        def fill(names: tuple[str, ...]) -> Mapping[str, int]:
            nonlocal tables
            rows = self._fill(before, tuple(sorted({*names, *_served(step, before)})))
            tables = tuple(name for name, count in rows.items() if count)
            broken.update(self._try_writes(step, before, tables))
            return rows

        asked = self._ask() if self.asked is None else self.asked
        measured = measure.measure(self.url, step, fill)
        if not measured.done:
            measured = self._again(step, measured, before)
        after, self.asked = self._read(), self._ask()
        now = self._try_writes(step, after, tables) if measured.done else {}
        return Scene(
            script=step.script,
            measurement=measured,
            before=before,
            after=after,
            differences=drift.diff(before, after),
            sizes=self.sizes,
            major=self.major or after.major,
            queries=tuple(release.broken(asked, self.asked)),
            broken=tuple((table, reason) for table, reason in now.items() if table not in broken),
        )

    def _again(self, step: Step, failed: Measurement, before: Catalog) -> Measurement:
        """Measure on the same history without rows, and go on from there; what real rows refuse stays a failure."""
        certain = _is_certain(failed.effects[-1], before, self.real)
        self._leave_rows()
        measured = measure.measure(self.url, step, lambda names: dict.fromkeys(names, 0))
        if not measured.done or not certain:
            return measured
        number = len(failed.effects) - 1
        effects = list(measured.effects)
        effects[number] = replace(effects[number], failure=failed.effects[number].failure)
        return replace(measured, effects=tuple(effects))

    def _leave_rows(self) -> None:
        """Go on with the same history, without the rows."""
        gone = self.url
        self._go_to(self._copy_without_rows())
        self.cluster.drop(gone)
        self.real.clear()

    def _copy_without_rows(self) -> str:
        if self.clean is None:
            self.clean = self.cluster.create(template=self.cluster.replayed)
        for step in self.behind:
            measure.measure(self.clean, step, lambda names: dict.fromkeys(names, 0))
        self.behind.clear()
        return self.cluster.create(template=str(database.parse(self.clean)["dbname"]))

    def _fill(self, before: Catalog, names: tuple[str, ...]) -> dict[str, int]:
        """Fill the tables, and those that they reference, and count."""
        tables = _with_parents(before, names)
        if self.live is not None:
            wanted = [table.name for table in tables if not table.partition_of and table.name not in self.real]
            self.real |= transfer.copy(self.live, self.connection, before, wanted, self.sizes, self.notes)
        for one in sampling.fill(self.connection, replace(before, tables=tables)):
            if one.reason:
                self.notes.append(f"{one.table} was looked at without rows: {one.reason}")
        readable = self._readable(names)
        arms = [COUNT.format(number, tree.identifier(name)) for number, name in enumerate(names) if name in readable]
        found = self.connection.execute(sql.SQL(" union all ").join(arms)).fetchall() if arms else []
        return dict.fromkeys(names, 0) | {names[number]: count for number, count in found}

    def _readable(self, names: tuple[str, ...]) -> set[str]:
        """Return the names without those of materialized views that nobody has filled yet."""
        return {name for (name,) in self.connection.execute(POPULATED, [list(names)]).fetchall()}

    def _try_writes(self, step: Step, now: Catalog, tables: tuple[str, ...]) -> dict[str, str]:
        """Return the tables of which a row cannot be written as it is, with the reason, where the file may cause it."""
        found: dict[str, str] = {}
        if not MAY_BREAK_WRITES.search(step.script.text):
            return found
        columns = {c.container: c.label for c in now.columns if not c.generated and not c.identity}
        for table in tables:
            if table not in columns:
                continue
            statement = WRITE.format(table=tree.identifier(table), name=tree.identifier(columns[table]))
            try:
                with self.connection.transaction(force_rollback=True):
                    self.connection.execute(statement)
            except psycopg.Error as error:
                if not (error.sqlstate or "").startswith(ABOUT_ROWS):
                    found[table] = database.reason(error)
        return found

    def _ask(self) -> dict[str, release.Answer]:
        return release.ask(self.connection, self.queries)

    def _read(self) -> Catalog:
        return catalog.read(self.connection)


def _with_parents(before: Catalog, names: tuple[str, ...]) -> tuple[Table, ...]:
    """Return the tables, what they are partitions of, and what their foreign keys point to."""
    wanted = set(names)
    roots = {table.name: table.partition_of for table in before.tables if table.partition_of}
    keys = [(one.container, one.references) for one in before.constraints if one.references]
    while True:
        more = {root for name, root in roots.items() if name in wanted}
        more |= {parent for name, parent in keys if name in wanted}
        if more <= wanted:
            return tuple(table for table in before.tables if table.name in wanted)
        wanted |= more


def _served(step: Step, before: Catalog) -> set[str]:
    """Return the tables whose triggers call a function that the file names."""
    words = set(re.findall(r"[\w$]+", step.script.text))
    return {one.container for one in before.triggers if tree.bare(one.function.partition("(")[0]) in words}


def _is_certain(effect: Effect, before: Catalog, real: Mapping[str, int]) -> bool:
    """Tell whether what failed on these rows fails on the others, too: a value is missing, or the rows are real."""
    if effect.failure is None or effect.failure.sqlstate not in ("23502", "23505", "23514"):
        return False
    counts = [real[name] for name in _roots(before, effect.failure.relation) if name in real]
    added = any(tree.member(one.subtype) == "AddColumn" for one in tree.commands(effect.node))
    if added and effect.failure.sqlstate == "23502":
        return not counts or any(counts)
    return any(counts)


def _roots(before: Catalog, relation: str | None) -> Iterator[str]:
    """Yield the tables that are called so, and those that they are partitions of: rows are copied from these."""
    parents = {table.name: table.partition_of for table in before.tables}
    for name in parents:
        if tree.bare(name) == relation:
            root: str | None = name
            while root:
                yield root
                root = parents.get(root)
