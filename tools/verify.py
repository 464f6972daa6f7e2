"""The proof that every migration can be taken back: up, down, up again, the catalog equal each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psycopg import sql

from tools import catalog, database, drift, runner, scratch
from tools.catalog import Catalog
from tools.config import Project
from tools.drift import Difference
from tools.errors import Trouble
from tools.failure import Failed
from tools.history import Step

Verdict = Literal["exact", "column order only", "residue", "refused", "not repeatable", "irreversible", "no way back"]
GOOD: tuple[Verdict, ...] = ("exact", "column order only", "no way back")
NO_WAY_BACK = "ST004"  # what a rollback file raises that says so on purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of one migration: `differences` is what its way back leaves, `reason` why it was refused."""

    id: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    reason: str | None = None

    @property
    def good(self) -> bool:
        """Whether the migration can be taken back, or says on purpose that it cannot."""
        return self.verdict in GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The trials of all migrations, and what ``sql/triggers`` would change on top of them."""

    trials: tuple[Trial, ...]
    triggers: tuple[Difference, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.triggers and all(trial.good for trial in self.trials)


def verify(cluster: scratch.Cluster, project: Project, steps: tuple[Step, ...]) -> Verification:
    """Try every migration on a scratch database, then the current text of the triggers on top.

    The way back is tried on a copy, so what it leaves behind is in no later migration's way.
    """
    url = cluster.create()
    scratch.fill(url, project, ())
    before: Catalog | None = None
    trials = []
    for step in steps:
        if step.migration.down is None:
            runner.replay(url, project, (step,))
            missing = f"{step.migration.id}.rollback.sql is missing"
            trials.append(Trial(id=step.migration.id, verdict="irreversible", reason=missing))
            before = None
        else:
            before = before or _read(url)
            runner.replay(url, project, (step,))
            after = _read(url)
            copy = cluster.create(template=str(database.parse(url)["dbname"]))
            trials.append(_try(copy, project, step, before, after))
            cluster.drop(copy)
            before = after
    return Verification(trials=tuple(trials), triggers=_triggers(url, project, before or _read(url)))


def _try(url: str, project: Project, step: Step, before: Catalog, after: Catalog) -> Trial:
    """Take one migration back and apply it again; `before` and `after` are the catalogs around it."""
    id_ = step.migration.id
    try:
        runner.replay(url, project, (Step(migration=step.migration, operation="rollback"),))
    except Trouble as trouble:
        if isinstance(trouble, Failed) and trouble.sqlstate == NO_WAY_BACK:
            return Trial(id=id_, verdict="no way back", reason=trouble.message)
        return Trial(id=id_, verdict="refused", reason=str(trouble))
    left = drift.diff(before, _read(url))
    try:
        runner.replay(url, project, (step,))
    except Trouble as trouble:
        return Trial(id=id_, verdict="not repeatable", differences=left, reason=str(trouble))
    changed = drift.diff(after, _read(url))
    if not all(_is_order(one) for one in left):
        return Trial(id=id_, verdict="residue", differences=left)
    if not all(_is_order(one) for one in changed):
        return Trial(id=id_, verdict="not repeatable", differences=changed)
    return Trial(id=id_, verdict="column order only" if left or changed else "exact")


def _triggers(url: str, project: Project, before: Catalog) -> tuple[Difference, ...]:
    with database.connect(url, application="tools verify") as connection:
        if not scratch.load_folder(connection, project, project.triggers):
            return ()
        connection.execute(sql.SQL("reset all"))
    return drift.diff(before, _read(url))


def _is_order(difference: Difference) -> bool:
    return difference.kind == "table" and set(difference.facts) == {"columns"}


def _read(url: str) -> Catalog:
    with database.connect(url, application="tools verify") as connection:
        return catalog.read(connection)
