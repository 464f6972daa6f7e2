"""The proof that migrations can be taken back: up, down, up again, the catalog equal each time and no row lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from psycopg import sql

from tools import contents, course, database, drift, history, ledger, migrations, scratch
from tools.catalog import Catalog
from tools.config import Project
from tools.contents import Loss
from tools.course import Course
from tools.drift import Difference
from tools.errors import Trouble
from tools.failure import Failed
from tools.history import History, Item, Step
from tools.statements import split

Verdict = Literal[
    "exact",
    "column order only",
    "residue",
    "rows lost",
    "refused",
    "refused with rows",
    "not repeatable",
    "irreversible",
    "no way back",
]
GOOD: tuple[Verdict, ...] = ("exact", "column order only", "no way back")
FAILED: tuple[Verdict, ...] = ("refused", "not repeatable")
NO_WAY_BACK = "ST004"  # what a rollback file raises that says so on purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of one migration, or of a range from `id` to `last`.

    `differences` is what the way back leaves in the catalog, `reason` why it was refused. `schema` is the verdict of
    the catalog alone. `losses` are the tables whose rows are not as they were, `dropped` what the migration itself
    drops and the way back brings back empty; `untried` says why it was tried on empty tables. `place` is the file,
    and the line if one failed.
    """

    id: str
    verdict: Verdict
    schema: Verdict
    differences: tuple[Difference, ...] = ()
    reason: str | None = None
    losses: tuple[Loss, ...] = ()
    dropped: tuple[str, ...] = ()
    untried: str | None = None
    last: str | None = None
    place: str | None = None

    @property
    def good(self) -> bool:
        """Whether it can be taken back, or says on purpose that it cannot."""
        return self.verdict in GOOD

    @property
    def name(self) -> str:
        """The migration, or the first and the last one."""
        return f"{self.id} to {self.last}" if self.last else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What becomes of a file that runs after all others, and not at its place: the catalog is the same, or not."""

    id: str
    verdict: Literal["same", "column order only", "different", "refused"]
    differences: tuple[Difference, ...] = ()
    reason: str | None = None
    place: str | None = None

    @property
    def good(self) -> bool:
        """Whether the order makes no difference that counts."""
        return self.verdict in ("same", "column order only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The trials of migrations and of a range, late files in both orders, and what ``sql/triggers`` would change.

    The triggers are those of the newest migration: where it was not `reached`, nothing is known of them.
    """

    trials: tuple[Trial, ...]
    reached: bool = True
    triggers: tuple[Difference, ...] = ()
    ranges: tuple[Trial, ...] = ()
    late: tuple[Late, ...] = ()

    @property
    def judged(self) -> tuple[Trial, ...]:
        """The trials that count: what a range gives back whole, its files need not give back alone."""
        return self.ranges or self.trials

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.triggers and all(one.good for one in self.judged) and all(one.good for one in self.late)


def choose(
    steps: tuple[Step, ...], words: Iterable[str], first: str | None = None, last: str | None = None
) -> tuple[str, ...] | None:
    """Return the ids that files or beginnings of ids name, and those of a range; None where nothing is asked."""
    found = History(items=tuple(Item(id=step.migration.id, state="pending") for step in steps))
    ids = [item.id for item in found.items]
    wanted = {history.find(found, _id(word)).id for word in words}
    if wanted and (first or last):
        raise Trouble("name either files or a range: --from and --to take no files beside them")
    if first or last:
        ends = [ids.index(history.find(found, _id(word)).id) if word else None for word in (first, last)]
        start, end = ends[0] or 0, len(ids) - 1 if ends[1] is None else ends[1]
        if start > end:
            raise Trouble(f"{ids[start]} comes after {ids[end]}: --from names the first of the range, --to the last")
        wanted.update(ids[start : end + 1])
    return tuple(id_ for id_ in ids if id_ in wanted) or None


def late(project: Project, url: str) -> tuple[str, ...]:
    """Return the ids of the files that a database would run late."""
    with database.connect(url, application="tools verify") as connection:
        found = history.compare(migrations.read(project), ledger.read(connection, project))
    return tuple(item.id for item in found.having("late"))


def verify(
    cluster: scratch.Cluster,
    project: Project,
    steps: tuple[Step, ...],
    *,
    only: tuple[str, ...] | None = None,
    is_range: bool = False,
    rows: bool = True,
    late: Iterable[str] = (),
) -> Verification:
    """Try migrations on scratch databases, then the current text of the triggers on top, if the newest is among them.

    `only` are the ids of those to try, where it is not all, and with `is_range` they are tried as one, too; without
    `rows`, on empty tables. The way back is tried on a copy, so what it leaves behind is in no later migration's way.
    """
    places = [place for place, step in enumerate(steps) if only is None or step.migration.id in only]
    wanted = tuple(steps[place] for place in places)
    start, end = (places[0], places[-1] + 1) if places else (len(steps), len(steps))
    way = course.start(cluster, project, steps[:start])
    trials: list[Trial] = []
    ranges: list[Trial] = []
    for step in steps[start:end]:
        after = None
        if step in wanted:
            if rows:
                way.stock(last=step is steps[-1])
            if is_range and not ranges:
                ranges.append(_trial(way, wanted)[0])
            trial, after = _trial(way, (step,))
            trials.append(trial)
        way.go(step, after)
    reached = end == len(steps)
    triggers = _triggers(way) if reached else ()
    orders = _orders(cluster, project, steps, tuple(late))
    return Verification(trials=tuple(trials), reached=reached, triggers=triggers, ranges=tuple(ranges), late=orders)


def _id(word: str) -> str:
    """Return the id that a word means: a file's is its name."""
    return Path(word).name.removesuffix(".sql").removesuffix(".rollback")


def _trial(way: Course, steps: tuple[Step, ...]) -> tuple[Trial, Catalog | None]:
    """Try some files as one, with rows and, where that fails, without; return the trial and the catalog after."""
    missing = [step.migration.id for step in steps if step.migration.down is None]
    if missing:
        reason = f"{missing[0]} has no rollback file"
        return _named(
            way.project, Trial(id="", verdict="irreversible", schema="irreversible", reason=reason), steps
        ), None
    before = way.catalog()
    try:
        trial, after = _try(way, way.url, steps, before)
    except Trouble as trouble:
        trial, _ = _try_without(way, steps)
        return _named(way.project, replace(trial, untried=str(trouble).partition("\n")[0]), steps), None
    if trial.verdict in FAILED:
        without, _ = _try_without(way, steps)
        if without.verdict not in FAILED:
            return _named(way.project, replace(trial, verdict="refused with rows", schema=without.schema), steps), after
        trial = without
    return _named(way.project, trial, steps), after


def _named(project: Project, trial: Trial, steps: tuple[Step, ...]) -> Trial:
    first, last = steps[0].migration.id, steps[-1].migration.id
    idle = [down.name for step in steps if (down := step.migration.down) and not split(down.text)]
    reason = f"{idle[0]} has no statement" if idle and not trial.good else trial.reason
    place = trial.place or project.relative((steps[0].migration.down or steps[0].migration.up).path)
    return replace(trial, id=first, last=last if last != first else None, reason=reason, place=place)


def _place(trouble: Trouble) -> str | None:
    return f"{trouble.path}:{trouble.line}" if isinstance(trouble, Failed) else None


def _try_without(way: Course, steps: tuple[Step, ...]) -> tuple[Trial, Catalog]:
    bare = way.without_rows()
    return _try(way, bare, steps, course.read(bare))


def _try(way: Course, url: str, steps: tuple[Step, ...], before: Catalog) -> tuple[Trial, Catalog]:
    """Run files on a copy, take them back and run them again."""
    copy = course.copy(way.cluster, url)
    try:
        scratch.replay(copy, way.project, steps)
        after = course.read(copy)
        return _take_back(way.project, url, copy, steps, before, after), after
    finally:
        way.cluster.drop(copy)


def _take_back(
    project: Project, url: str, copy: str, steps: tuple[Step, ...], before: Catalog, after: Catalog
) -> Trial:
    """Take files back on a copy and run them again; `before` and `after` are the catalogs around them."""
    back = tuple(Step(migration=step.migration, operation="rollback") for step in reversed(steps))
    try:
        scratch.replay(copy, project, back)
    except Trouble as trouble:
        if isinstance(trouble, Failed) and trouble.sqlstate == NO_WAY_BACK:
            return Trial(id="", verdict="no way back", schema="no way back", reason=trouble.message)
        return Trial(id="", verdict="refused", schema="refused", reason=str(trouble), place=_place(trouble))
    there = course.read(copy)
    left = drift.diff(before, there)
    losses, dropped = _losses(url, copy, before, after, there)
    try:
        scratch.replay(copy, project, steps)
    except Trouble as trouble:
        return Trial(
            id="",
            verdict="not repeatable",
            schema="not repeatable",
            differences=left,
            reason=str(trouble),
            losses=losses,
            place=_place(trouble),
        )
    changed = drift.diff(after, course.read(copy))
    schema: Verdict = "column order only" if left or changed else "exact"
    if not all(map(_is_order, left)):
        schema = "residue"
    elif not all(map(_is_order, changed)):
        schema, left = "not repeatable", changed
    shown = left if schema in ("residue", "not repeatable") else ()
    verdict = _verdict(schema, losses)
    return Trial(id="", verdict=verdict, schema=schema, differences=shown, losses=losses, dropped=dropped)


def _verdict(schema: Verdict, losses: tuple[Loss, ...]) -> Verdict:
    """Return the verdict: that rows are lost counts where nothing else is wrong."""
    return "rows lost" if schema in GOOD and any(loss.counts for loss in losses) else schema


def _losses(
    url: str, copy: str, before: Catalog, after: Catalog, there: Catalog
) -> tuple[tuple[Loss, ...], tuple[str, ...]]:
    """Hold the rows of the copy against those of the database that it is a copy of; name what came back without."""
    with (
        database.connect(url, application="tools verify") as one,
        database.connect(copy, application="tools verify") as other,
        database.explained("compare rows on scratch", copy),
    ):
        stayed = contents.stayed(one, other, after)
        losses = contents.compare(one, other, contents.common(before, stayed, there), before)
        return losses, contents.dropped(one, other, stayed, before, there)


def _orders(
    cluster: scratch.Cluster, project: Project, steps: tuple[Step, ...], late: tuple[str, ...]
) -> tuple[Late, ...]:
    """Run each late file after all others, and compare with the order of the files."""
    if not late:
        return ()
    straight = cluster.create()
    scratch.fill(straight, project, steps)
    expected = course.read(straight)
    found = (_order(cluster, project, steps, id_, expected) for id_ in late)
    paths = {step.migration.id: project.relative(step.migration.up.path) for step in steps}
    return tuple(replace(one, place=one.place or paths[one.id]) for one in found)


def _order(cluster: scratch.Cluster, project: Project, steps: tuple[Step, ...], id_: str, expected: Catalog) -> Late:
    ours = tuple(step for step in steps if step.migration.id == id_)
    others = tuple(step for step in steps if step not in ours)
    child = next((step.migration.id for step in others if id_ in step.migration.up.depends), None)
    if child:
        return Late(id=id_, verdict="refused", reason=f"{child} depends on it, so it runs before in any order")
    url = cluster.create()
    try:
        scratch.fill(url, project, (*others, *ours))
    except Trouble as trouble:
        return Late(id=id_, verdict="refused", reason=str(trouble), place=_place(trouble))
    differences = drift.diff(expected, course.read(url))
    if all(map(_is_order, differences)):
        return Late(id=id_, verdict="column order only" if differences else "same")
    return Late(id=id_, verdict="different", differences=differences)


def _triggers(way: Course) -> tuple[Difference, ...]:
    before, project = way.catalog(), way.project
    with database.connect(way.url, application="tools verify") as connection:
        if not scratch.load_folder(connection, project, project.triggers):
            return ()
        connection.execute(sql.SQL("reset all"))
    return drift.diff(before, course.read(way.url))


def _is_order(difference: Difference) -> bool:
    return difference.kind == "table" and set(difference.facts) == {"columns"}
