"""What apply would do to a live database: each pending file measured on scratch, and who is in its way now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tools import database, history, neighbours, runnable, tree
from tools.config import Project
from tools.effects import BLOCKS_READERS, BLOCKS_WRITERS, Effect, Impact
from tools.errors import Trouble
from tools.findings import Finding
from tools.history import History, Step
from tools.migrations import Migration
from tools.neighbours import Holder, Neighbours
from tools.scratch import Settings
from tools.sizes import Sizes

if TYPE_CHECKING:  # a plan with nothing in it measures nothing
    from tools.scenes import Scene

OF_TABLES = "rpmvf"
OF_ROWS = "rpm"
MOST = 20  # files that are measured where nobody asks for it: a quarter of a second each, and as much for its way back
MANY = 20  # one row of so many, changed in one statement, is work that grows with the table
# What a concurrent statement waits for besides its locks: all who hold a mode on the table that conflicts with this one
# (WaitForLockers in src/backend/commands/indexcmds.c and tablecmds.c, src/backend/catalog/index.c)
CONCURRENT = {
    "IndexStmt": "ShareLock",
    "ReindexStmt": "AccessExclusiveLock",
    "DropStmt": "AccessExclusiveLock",
    "AlterTableStmt": "AccessExclusiveLock",
}
OLD_SNAPSHOTS = ("IndexStmt", "ReindexStmt")  # and of these each waits for every transaction that may not see the index
LOST = ("table", "column", "materialized view")  # what holds data


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a statement is expected to do to one table. `mode` is the strongest lock that it has there then.

    `lasts`: how long others wait: a moment; while it works; to the end of the transaction, which works after it.
    `against`: the modes that it asks for, or waits for as if it did.
    """

    impact: Impact
    mode: str | None
    lasts: str
    against: tuple[str, ...] = ()
    empties: bool = False

    @property
    def readers_wait(self) -> bool:
        """Whether who reads the table waits."""
        return self.mode in BLOCKS_READERS

    @property
    def writers_wait(self) -> bool:
        """Whether who writes to any of its rows waits."""
        return self.mode in BLOCKS_WRITERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What the way back of a migration did, run on scratch after all that is pending, newest first.

    `loses`: what it drops, with all that was written since; `empty`: what it makes again, without its data;
    `changes`: tables of which the migration changes or deletes rows. `reason`: why it fails.
    """

    loses: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the plan; `scene` is None where it was not measured, `back` where its way back was not."""

    step: Step
    scene: Scene | None = None
    findings: tuple[Finding, ...] = ()
    back: Back | None = None

    @property
    def hazards(self) -> tuple[Finding, ...]:
        """Return the findings that may hurt."""
        return tuple(one for one in self.findings if one.class_ == "hazard")

    @property
    def risk(self) -> str | None:
        """Return the risk that was computed, else the header's."""
        if self.scene is None:
            return self.step.script.risk
        from tools import claims

        return claims.risk(self.scene, self.findings)

    @property
    def phase(self) -> str | None:
        """Return the phase that was computed, else the header's."""
        if self.scene is None:
            return self.step.script.phase
        from tools import claims

        return claims.phase(self.scene)

    @property
    def effects(self) -> dict[int, Effect]:
        """Return what each statement did that ran on scratch, by where it starts in the file."""
        return {one.statement.start: one for one in self.scene.effects} if self.scene else {}

    def expected(self, effect: Effect) -> tuple[Expected, ...]:
        """Return what a statement of it is expected to do, table by table."""
        return tuple(_expected(self.scene, effect)) if self.scene else ()

    @property
    def tables(self) -> dict[str, tuple[Expected, ...]]:
        """Return all that is expected of each table, in the order in which the file comes to it."""
        found: dict[str, list[Expected]] = {}
        for effect in self.effects.values():
            for one in self.expected(effect):
                found.setdefault(one.impact.relation, []).append(one)
        return {name: tuple(some) for name, some in found.items()}

    @property
    def waits(self) -> bool:
        """Whether a statement waits for transactions that are open when it starts, as a concurrent build does."""
        return any(effect.alone and tree.word(effect.node) in OLD_SNAPSHOTS for effect in self.effects.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What apply would do; `notes` say what could not be measured or seen."""

    files: tuple[File, ...] = ()
    refusals: tuple[str, ...] = ()
    measured: bool = False
    neighbours: Neighbours = field(default_factory=Neighbours)
    notes: tuple[str, ...] = ()

    def rows(self, impact: Impact) -> int | None:
        """Return about how many rows a table has; None where nobody knows, or it has none of its own."""
        sizes = next((one.scene.sizes for one in self.files if one.scene), Sizes())
        return sizes.of(impact.relation) if impact.kind in OF_ROWS else None

    def in_the_way(self, file: File) -> tuple[Holder, ...]:
        """Return who the file would wait for, if it were applied now, the oldest transaction first."""
        found = (
            holder
            for name, some in file.tables.items()
            for holder in self.neighbours.in_the_way(name, {mode for one in some for mode in one.against})
        )
        return tuple(sorted(found, key=lambda one: -(one.session.age or 0.0)))


def look(
    project: Project,
    found: History,
    *,
    live: str,
    settings: Settings,
    to: str | None = None,
    allow_late: bool = False,
    is_measured: bool | None = None,
    is_sampled: bool = True,
) -> Outlook:
    """Return what apply would do, or why it would refuse.

    Measured, where nothing is said, when the files are not many. Where that is not possible it is a note, and no
    trouble: the plan is shown without. Rows are copied where `is_sampled`, and only to a scratch server of
    this machine.
    """
    steps = history.to_apply(found, to=to)
    refusals = history.refusals(project, found, allow_late=allow_late)
    if not refusals:
        runnable.refuse_unrunnable(project, steps)
    plain = Outlook(files=tuple(File(step=step) for step in steps), refusals=refusals)
    if not steps or refusals:
        return plain
    reason = _declined(is_measured, len(steps))
    if reason is None:
        try:
            return _measure(project, settings, steps, live, is_sampled=is_sampled and settings.url is None)
        except Trouble as trouble:
            reason = str(trouble)
    return replace(plain, notes=(f"locks were not measured: {reason}",))


def _declined(is_measured: bool | None, files: int) -> str | None:
    """Return why nobody wants them measured."""
    if is_measured is None and files > MOST:
        return f"{files} files are more than {MOST}, and it would take a while: see --measure, or --to"
    return "--no-measure" if is_measured is False else None


def _measure(project: Project, settings: Settings, steps: tuple[Step, ...], live: str, *, is_sampled: bool) -> Outlook:
    """Measure the steps, then their ways back, and ask the database who is there."""
    from tools import lint  # with all its rules: where there is nothing to measure it is not loaded

    ids = tuple(step.migration.id for step in steps)
    selection = lint.select(project, ids, live=live, sampled=is_sampled)
    backs = tuple(_back(step.migration) for step in reversed(steps) if step.migration.down)
    seen = lint.lint(project, settings, replace(selection, steps=(*selection.steps, *backs)))
    scenes = {
        (one.measurement.step.operation, one.measurement.step.migration.id): (one, hits) for one, hits in seen.scenes
    }
    files = []
    for step in steps:
        scene, findings = scenes.get(("apply", step.migration.id), (None, ()))
        behind, _ = scenes.get(("rollback", step.migration.id), (None, ()))
        back = _loses(scene, behind) if scene and behind else None
        files.append(File(step=step, scene=scene, findings=findings, back=back))
    around, unseen = _ask(live, sorted({name for file in files for name in file.tables}))
    notes = (*seen.notes, *_older(files), *(note for file in files for note in _without_rows(file)), *unseen)
    return Outlook(files=tuple(files), measured=True, neighbours=around, notes=notes)


def _ask(live: str, tables: list[str]) -> tuple[Neighbours, tuple[str, ...]]:
    """Return who is at work, and what of it was not to be seen."""
    try:
        with (
            database.explained("see who is at work on the database", live),
            database.connect(live, application="tools plan") as connection,
        ):
            found = neighbours.ask(connection, tables)
    except Trouble as trouble:
        return Neighbours(), (str(trouble),)
    return found, tuple(_unseen(found))


def _back(migration: Migration) -> Step:
    return Step(migration=migration, operation="rollback")


def _loses(up: Scene, down: Scene) -> Back:
    """Return what is lost on the way there and back."""
    failure = down.measurement.failure
    if failure is not None:
        return Back(reason=failure.message)
    gone, dropped = tuple(_dropped(down)), tuple(_dropped(up))
    changed = {one.relation for effect in up.effects for one in effect.impacts if one.changed or _empties(effect, one)}
    dropped_tables = {name.partition(" ")[2] for name in dropped}
    return Back(loses=gone, empty=dropped, changes=tuple(sorted(changed - dropped_tables)))


def _dropped(scene: Scene) -> Iterator[str]:
    """Yield what held data and is gone. What has another name now is there; a table only if it surely is so whole."""
    actions = (action for effect in scene.effects for action in tree.commands(effect.node))
    whole = all(tree.member(action.subtype) != "DropColumn" for action in actions)
    renamed = scene.renamed
    for one in scene.differences:
        is_there = tree.bare(one.name) in renamed and (whole or one.kind == "column")
        if one.change == "missing" and one.kind in LOST and not is_there:
            yield f"{one.kind} {one.name}"


def _expected(scene: Scene, effect: Effect) -> Iterator[Expected]:
    if not effect.impacts:
        return
    lasts = _lasts(scene, effect)
    more = CONCURRENT.get(tree.word(effect.node)) if effect.alone else None
    for one in effect.impacts:
        if one.kind in OF_TABLES or _is_locked_alone(effect, one):
            yield Expected(
                impact=one,
                mode=one.strongest,
                lasts=lasts,
                against=(*one.held, more) if more else one.held,
                empties=_empties(effect, one),
            )


def _is_locked_alone(effect: Effect, index: Impact) -> bool:
    """Tell whether an index keeps readers waiting that its table does not, as when it is built again."""
    tables = (one.strongest for one in effect.impacts if one.kind in OF_TABLES)
    return index.strongest in BLOCKS_READERS and not any(mode in BLOCKS_READERS for mode in tables)


def _lasts(scene: Scene, effect: Effect) -> str:
    """Return how long the lock is held: what works on a large table makes it long, now or later in the transaction."""
    if any(_works(effect, other) for other in scene.large(effect)):
        return "work"
    later = (each for each in scene.effects if each.statement.start > effect.statement.start and not effect.alone)
    same = (each for each in later if each.transaction == effect.transaction and not each.alone)
    return "transaction" if any(_works(each, other) for each in same for other in scene.large(each)) else "moment"


def _works(effect: Effect, one: Impact) -> bool:
    return (one.worked and not _empties(effect, one)) or one.changed * MANY >= max(one.rows, MANY)


def _empties(effect: Effect, one: Impact) -> bool:
    return one.rewritten and tree.word(effect.node) == "TruncateStmt"


def _older(files: list[File]) -> Iterator[str]:
    """Yield that scratch is of another major version than the database: some locks differ."""
    scene = next((one.scene for one in files if one.scene), None)
    if scene is not None and scene.sizes.major not in (None, scene.before.major):
        yield (
            f"measured on PostgreSQL {scene.before.major}, and the database is {scene.sizes.major}:"
            " --scratch-bindir takes the programs of another one"
        )


def _without_rows(file: File) -> Iterator[str]:
    """Yield that a file was measured on empty tables, and so what it changes is not known."""
    empty = [
        name
        for name, some in file.tables.items()
        if file.scene and file.scene.sizes.of(name) != 0 and all(one.impact.rows == 0 for one in some)
        if any(one.impact.kind in "rp" for one in some)
    ]
    if empty:
        tables = ", ".join(empty)
        yield f"{file.step.migration.id} was measured without rows in {tables}: how many it changes is unknown"


def _unseen(around: Neighbours) -> Iterator[str]:
    """Yield what the database did not let us see."""
    if around.standby:
        yield "the database is a standby: who holds locks on its primary is not seen from here"
    if around.hidden:
        yield (
            f"the transactions of other roles' sessions ({around.hidden}) are not shown to this role:"
            " grant pg_read_all_stats to it to see how old they are"
        )
