"""What ``migrations``, ``models``, ``live``, a URL or a file stand for: catalogs, and any two can be compared."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from tools import (
    cache,
    catalog,
    config,
    database,
    drift,
    history,
    ignores,
    ledger,
    lock,
    looks,
    migrations,
    scratch,
    subset,
)
from tools.binaries import find_binaries
from tools.catalog import Catalog
from tools.config import Project
from tools.drift import Difference, Drift
from tools.errors import Trouble
from tools.history import Step
from tools.ignores import Entry

PATIENCE = 60.0  # seconds: a migration at work is not drift, and most are done by then
POLL = 0.25  # seconds between two looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sources and what differs.

    `pending` migrations are not in the comparison, `ignored` was told to be left; `uncompared` are objects of kinds
    that nothing is known of.
    """

    expected: str
    actual: str
    differences: tuple[Difference, ...]
    objects: int
    pending: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()
    ignored: tuple[Difference, ...] = ()
    drift: Drift = field(default=Drift(differences=()), repr=False, compare=False)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def script(self, *, destructive: bool) -> str:
        """Return the SQL that brings the actual side back."""
        head = f"{self.actual} as {self.expected} has it: {len(self.differences)} to mend"
        return drift.mend(self.drift, head=head, destructive=destructive)


@dataclass(kw_only=True)
class Reader:
    """Reads sources; the scratch server is started when one needs it, and kept for the next."""

    project: Project
    settings: scratch.Settings
    live: str | None = None
    say: Callable[[str], None] = field(default=lambda _: None)
    patience: float = PATIENCE
    used: set[Entry] = field(default_factory=set)  # what of .driftignore named anything
    _stack: ExitStack = field(default_factory=ExitStack)
    _clusters: dict[str, scratch.Cluster] = field(default_factory=dict)
    _replayed: dict[str, Catalog] = field(default_factory=dict)
    _entries: tuple[Entry, ...] | None = None
    _edited: set[str] = field(default_factory=set)  # what was told to be edited
    _was_whole: bool = False  # whether any comparison saw all that the ignore file can name

    def compare(self, expected: str, actual: str) -> Comparison:
        """Compare two sources; against a live database the history counts as far as its ledger says."""
        steps = self._history(expected, actual)
        other = actual if expected == "migrations" else expected
        if "migrations" in (expected, actual) and self._is_database(other):
            pair, steps, pending = self._read_with_ledger(expected, other, steps)
            self._was_whole = True
        else:
            pair, pending = [self._read(source, steps) for source in (expected, actual)], ()
        if not {expected, actual}.isdisjoint({"migrations", "models", "live"}) and not catalog.is_one(*pair):
            pair = self._without_external(pair, is_model="models" in (expected, actual))
        if "models" in (expected, actual):
            pair = [subset.sayable(one) for one in pair]
        found = drift.find(pair[0], pair[1], self.entries())
        self.used |= found.used
        return Comparison(
            expected=self.shown(expected),
            actual=self.shown(actual),
            differences=self._locate(found.differences, steps),
            objects=catalog.count(pair[0]),
            pending=pending,
            ignored=found.ignored,
            uncompared=tuple(sorted({key for one in pair for key in one.unread})),
            drift=found,
        )

    def entries(self) -> tuple[Entry, ...]:
        """Return what of ``.driftignore`` counts today."""
        if self._entries is None:
            entries = ignores.read(self.project)
            gone = ignores.expired(entries, date.today())
            for entry in gone:
                self.say(f"note: {entry.place}: expired, so what it names is drift again: {entry.text}")
            self._entries = tuple(entry for entry in entries if entry not in gone)
        return self._entries

    def unused(self) -> tuple[Entry, ...]:
        """Return the entries of ``.driftignore`` that named nothing, where the history was held against a database."""
        return () if not self._was_whole else tuple(entry for entry in self.entries() if entry not in self.used)

    def compare_after(self, url: str, steps: tuple[Step, ...]) -> tuple[Difference, ...]:
        """Return how a database differs from the history that its ledger and these further steps make up."""
        wanted = {step.migration.id for step in steps}
        with database.connect(url, application="tools mark") as connection:
            wanted |= {entry.id for entry in ledger.read(connection, self.project).entries if entry.applied}
            actual = catalog.read(connection)
        replayed = self.replayed(tuple(step for step in self.steps() if step.migration.id in wanted))
        pair = self._without_external([replayed, actual], is_model=False)
        return drift.find(pair[0], pair[1], self.entries()).differences

    def read(self, source: str) -> Catalog:
        """Return the catalog of one source; ``migrations`` is the whole history."""
        return self._read(source, self._history(source))

    def empty(self) -> str:
        """Make an empty scratch database, on a server that is open already where there is one, and return its URL."""
        cluster = next(iter(self._clusters.values()), None) or self.cluster(())
        return cluster.create()

    def external(self) -> frozenset[str]:
        """Return the keys of the tables that another system owns."""
        if not any(self.project.external.glob("*.sql")):
            return frozenset()
        return frozenset(table.key for table in self.replayed(()).tables)

    def steps(self) -> tuple[Step, ...]:
        """Return the whole history as steps of a replay."""
        return scratch.steps_of(migrations.read(self.project))

    def _history(self, *sources: str) -> tuple[Step, ...]:
        """Return the steps that these sources stand on; who has models of a database needs no migrations."""
        if "migrations" in sources or ("models" in sources and self.project.migrations.is_dir()):
            return self.steps()
        return ()

    def cluster(self, steps: tuple[Step, ...]) -> scratch.Cluster:
        """Return a scratch server whose `replayed` database holds these steps."""
        key = scratch.key(self.project, steps)
        if key not in self._clusters:
            opened = scratch.cluster(self.settings, project=self.project, steps=steps)
            self._clusters[key] = self._stack.enter_context(opened)
        return self._clusters[key]

    def replayed(self, steps: tuple[Step, ...]) -> Catalog:
        """Return the catalog after these steps, from the cache where the same files were replayed before."""
        key = self.key(steps)
        if key not in self._replayed:
            found = self._find(key)
            if found is None:
                cluster = self.cluster(steps)
                with database.connect(cluster.url(str(cluster.replayed)), application="tools replay") as connection:
                    found = catalog.read(connection)
                    if self._is_kept:
                        found = catalog.digested(connection, found)
                self._keep(key, found)
            self._replayed[key] = found
        return self._replayed[key]

    def mirrored(self, steps: tuple[Step, ...]) -> Catalog:
        """Return what the models make in a copy of the replay, from the cache where nothing they look at changed."""
        key = self.key(steps, "models", self.project.models, str(self.project.directory))
        fresh = self.project.models not in sys.modules  # else what was imported counts, and not its files
        if fresh and (kept := self._find(key)):
            return kept
        from tools import mirror

        cluster = self.cluster(steps)
        with looks.watched() as seen:
            found = mirror.read(lambda: cluster.create(template=cluster.replayed), self.project)
        if fresh and not seen.elsewhere:
            self._keep(key, found, seen)
        return found

    def _read(self, source: str, steps: tuple[Step, ...]) -> Catalog:
        if source == "migrations":
            return self.replayed(steps)
        if source == "models":
            return self.mirrored(steps)
        if source == "live" or self._is_database(source):
            return self._read_database(source)
        path = Path(source)
        if not path.exists():
            name = "of this name" if "@" in source else source  # it may be a URL with a slip in it, and a password
            raise Trouble(
                f"no file {name}: a source is migrations, models, live, a connection URL, a .sql file or folder,"
                " or a .json snapshot"
            )
        if path.suffix == ".json":
            return _read_snapshot(path)
        return self._read_files(path)

    def _read_database(self, source: str, known: Catalog | None = None) -> Catalog:
        with database.connect(self._url(source), application="tools drift-check") as connection:
            self._await_run(connection)
            with database.explained("read the catalog", self._url(source)):
                return catalog.read(connection, known)

    def _read_files(self, path: Path) -> Catalog:
        url = self.cluster(()).create()
        files = sorted(path.glob("*.sql")) if path.is_dir() else [path]
        files = [file for file in files if not file.name.endswith(".rollback.sql")]
        if not files:
            raise Trouble(f"no .sql file in {path}: name a folder that has some")
        with database.connect(url, application="tools scratch") as connection:
            for file in files:
                scratch.load_file(connection, self.project, file.resolve())
                connection.execute("reset all")
            return catalog.read(connection)

    def _read_with_ledger(
        self, expected: str, source: str, steps: tuple[Step, ...]
    ) -> tuple[list[Catalog], tuple[Step, ...], tuple[str, ...]]:
        """Read both sides, the history as far as the database's ledger says; again where a run came in between."""
        deadline = time.monotonic() + self.patience
        while True:
            applied = self._applied(source, steps)
            chosen, pending = self._choose(source, steps, applied)
            replayed = self.replayed(chosen)
            read = self._read_database(source, replayed)
            pair = [replayed, read] if expected == "migrations" else [read, replayed]
            if self._applied(source, steps) == applied:
                return pair, chosen, pending
            if time.monotonic() > deadline:
                raise Trouble("migrations run on this database all the time: try again when they are done")
            self.say("a migration ran meanwhile: reading again")

    def _applied(self, source: str, steps: tuple[Step, ...]) -> frozenset[str]:
        """Return the ids that the database's ledger says are applied, when no run is at work."""
        with database.connect(self._url(source), application="tools drift-check") as connection:
            self._await_run(connection)
            found = ledger.read(connection, self.project)
        self._tell_edited(found, steps)
        return frozenset(entry.id for entry in found.entries if entry.applied)

    def _tell_edited(self, found: ledger.Ledger, steps: tuple[Step, ...]) -> None:
        """Say which files are not what ran: the database is held against what they say now, and what mends is there."""
        for item in history.compare(tuple(step.migration for step in steps), found).having("edited"):
            if item.id not in self._edited:
                self._edited.add(item.id)
                self.say(f"note: {item.id} was edited after it was applied, and its new text counts: see tools status")

    def _choose(
        self, source: str, steps: tuple[Step, ...], applied: frozenset[str]
    ) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        """Return the steps that are applied, and the ids of those that are pending."""
        gone = applied.difference(step.migration.id for step in steps)
        if len(gone) > 1 and gone == applied:
            raise Trouble(history.UNRELATED.format(len(gone)))
        if gone:
            raise Trouble(f"{min(gone)} is applied, and its file is gone: restore it from version control")
        if not applied and self.shown(source) != "live":
            return steps, ()  # a database that no run has touched, like a restored dump, is held against the whole
        pending = tuple(step.migration.id for step in steps if step.migration.id not in applied)
        return tuple(step for step in steps if step.migration.id in applied), pending

    def _await_run(self, connection: database.Connection) -> None:
        deadline = time.monotonic() + self.patience
        said = False
        while lock.is_locked(connection, self.project):
            if not said:
                self.say(f"a migration is running: waiting for {lock.holder(connection, self.project)}")
                said = True
            if time.monotonic() > deadline:
                raise Trouble(
                    f"a migration is still running after {self.patience:g} s, and what it changes is no drift:"
                    " try again when it is done, or wait longer with --patience"
                )
            time.sleep(POLL)

    def _without_external(self, pair: list[Catalog], *, is_model: bool) -> list[Catalog]:
        """Leave out what another system owns, but for the columns that our foreign keys point to."""
        external = self.external()
        if not external:
            return pair
        if is_model:
            return [subset.without(one, external) for one in pair]
        counted = subset.referenced(pair[0], external)
        return [subset.contract(one, external, counted) for one in pair]

    def _locate(self, differences: tuple[Difference, ...], steps: tuple[Step, ...]) -> tuple[Difference, ...]:
        """Say where the files that count here made what differs; a pending migration has made nothing yet."""
        if differences and not steps and any(self.project.migrations.glob("*.sql")):
            steps = self.steps()
        if not differences or not steps:
            return differences
        from tools import origins

        known = origins.find(self.project, steps)
        return tuple(
            one if one.change == "unexpected" else replace(one, where=known.where(one.kind, one.name))
            for one in differences
        )

    def key(self, steps: tuple[Step, ...], *parts: str) -> str:
        """Return the key under which a cache keeps what these steps make."""
        return cache.key(scratch.key(self.project, steps), self._programs, *parts)

    @cached_property
    def _programs(self) -> str:
        return self.settings.url or str(find_binaries(self.settings.bindir))

    @property
    def _is_kept(self) -> bool:
        """Whether catalogs are kept; a server that is given by URL may have changed, so it is asked."""
        return self.settings.url is None

    def _find(self, key: str) -> Catalog | None:
        """Return what is kept, if it is."""
        return cache.find(key) if self._is_kept else None

    def _keep(self, key: str, found: Catalog, seen: looks.Looks | None = None) -> None:
        if self._is_kept:
            cache.keep(key, found, seen)

    def _is_database(self, source: str) -> bool:
        return source == "live" or "://" in source or ("=" in source and not Path(source).exists())

    def _url(self, source: str) -> str:
        if source != "live":
            return source
        if self.live is None:
            raise Trouble(config.NO_DATABASE)
        return self.live

    def shown(self, source: str) -> str:
        """Return the source as reports name it: a URL without its secrets."""
        return database.describe(source) if source != "live" and self._is_database(source) else source


@contextmanager
def reader(
    project: Project,
    settings: scratch.Settings,
    *,
    live: str | None = None,
    say: Callable[[str], None] = lambda _: None,
    patience: float = PATIENCE,
) -> Iterator[Reader]:
    """Open a reader; its scratch servers end with the block."""
    with ExitStack() as stack:
        yield Reader(project=project, settings=settings, live=live, say=say, patience=patience, _stack=stack)


def _read_snapshot(path: Path) -> Catalog:
    try:
        return catalog.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"cannot read {path}: {error}") from error
    except Trouble as trouble:
        raise Trouble(f"{path}: {trouble}") from None
