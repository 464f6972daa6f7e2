"""Files measured on scratch, held against the rules, weighed by the size of tables, less what they say to ignore."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools import (
    allowances,
    borrowing,
    breaking,
    catalog,
    claims,
    database,
    design,
    failing,
    history,
    ledger,
    locking,
    losing,
    migrations,
    release,
    scratch,
    sizes,
    sources,
    versions,
)
from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble
from tools.findings import RISKS, Finding, Risk, Rule
from tools.history import Step
from tools.migrations import Migration, read_script
from tools.revision import git, resolve
from tools.scenes import Check, Scene, finding
from tools.sizes import Sizes
from tools.statements import locate, split
from tools.walk import Walk

CHECKS: tuple[Check, ...] = (
    *locking.CHECKS,
    *failing.CHECKS,
    *versions.CHECKS,
    *breaking.CHECKS,
    *losing.CHECKS,
    *claims.CHECKS,
)
UNUSED = Rule(
    id="unused-ignore",
    class_="hygiene",
    risk="low",
    reason="a rule that is ignored for nothing hides the next finding",
    instead="delete the comment",
)
RULES: tuple[Rule, ...] = (*(check.rule for check in CHECKS), UNUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was computed of one migration."""

    id: str
    risk: Risk
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What was found, a verdict for each file that was looked at, and what could not be looked at.

    `scenes` has each file with its findings, for who wants to know more.
    """

    findings: tuple[Finding, ...]
    migrations: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()
    scenes: tuple[tuple[Scene, tuple[Finding, ...]], ...] = field(default=(), repr=False)

    def fails(self, on: str) -> bool:
        """Tell whether a finding is as bad as `on`: a risk, or hygiene, which is less than any."""
        if on == "hygiene":
            return bool(self.findings)
        worse = RISKS[[*RISKS].index(on) :] if on in RISKS else ()
        return any(one.class_ != "hygiene" and one.risk in worse for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to look at: the steps in their order, the ids of those that are measured, and those of the history.

    It starts from the steps `before`; from the catalog `there`, where the database has tables and no ledger of ours.
    Where it is `sampled`, rows of the live database are copied to scratch, else all rows are made up.
    """

    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    wanted: frozenset[str]
    history: frozenset[str] = frozenset()
    sizes: Sizes = field(default_factory=Sizes)
    there: Catalog | None = None
    live: str | None = None
    sampled: bool = True
    queries: Mapping[str, str] = field(default_factory=dict)


def select(
    project: Project,
    files: tuple[str, ...] = (),
    *,
    since: str | None = None,
    live: str | None = None,
    sampled: bool = True,
) -> Selection:
    """Return the files to look at: those given, else those changed since a commit, else the pending ones, else all.

    With a live database the history stands as far as its ledger says, and its tables are as large as it says; where it
    is `sampled`, a few of its rows are looked at, too.
    """
    since = since and resolve(project, since)
    steps = scratch.steps_of(migrations.read(project)) if _has_history(project) or not files else ()
    known = frozenset(step.migration.id for step in steps)
    foreign, named = _named(project, steps, files)
    asked = _ask(project, live, known) if live is not None else None
    applied = asked.applied if asked else frozenset()
    if files:
        wanted = named
    elif since is not None:
        wanted = _changed(project, since) & known
    else:
        wanted = known - applied
    there = asked.there if asked else None
    if there is not None and not files:
        raise Trouble(_unexplained(asked.applied if asked else frozenset(), known))
    if asked and (there is not None or not wanted & applied):
        before = () if there is not None else tuple(step for step in steps if step.migration.id in applied)
        rest = tuple(step for step in steps if step.migration.id in wanted)
    else:
        before, rest = _split(steps, wanted, to_the_end=bool(foreign))
    return Selection(
        before=before,
        steps=(*rest, *foreign),
        wanted=wanted | {step.migration.id for step in foreign},
        history=known,
        sizes=asked.sizes if asked else sizes.load(project.migrations.parent),
        there=there,
        live=live,
        sampled=sampled,
        queries=release.read(project, since),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a live database says: what is applied, how large its tables are; without a ledger its catalog."""

    applied: frozenset[str]
    sizes: Sizes
    there: Catalog | None = None


def _ask(project: Project, live: str, known: frozenset[str]) -> Asked:
    with database.connect(live, application="tools lint") as connection, database.explained("read the ledger", live):
        applied = frozenset(one.id for one in ledger.read(connection, project).entries if one.applied)
        found = sizes.ask(connection)
        there = None
        if not applied <= known or (not applied and found.rows):
            there = catalog.read(connection)
    return Asked(applied=applied, sizes=found, there=there)


def _unexplained(applied: frozenset[str], known: frozenset[str]) -> str:
    """Return why the files do not say what the database has, and the way out."""
    if applied & known:
        return (
            f"{min(applied - known)} is applied, and its file is gone: restore it from version control,"
            " or say which files to look at"
        )
    return (
        "the database has tables, and its ledger does not name the migrations that made them: see tools mark,"
        " or say which files to look at"
    )


def _split(
    steps: tuple[Step, ...], wanted: frozenset[str], *, to_the_end: bool
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps before the first wanted one, and those from there to the last, or to the end."""
    places = [number for number, step in enumerate(steps) if step.migration.id in wanted]
    first = places[0] if places else len(steps)
    return steps[:first], steps[first:] if to_the_end else steps[first : places[-1] + 1 if places else first]


def lint(project: Project, settings: scratch.Settings, selection: Selection, *, major: int | None = None) -> Lint:
    """Measure what was selected, and hold it against every rule; `major` is the PostgreSQL that the files are for."""
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    notes: list[str] = []
    seen: list[tuple[Scene, tuple[Finding, ...]]] = []
    for scene in scenes(project, settings, selection, major=major, notes=notes):
        kept = judge(project, scene)
        findings += kept
        seen.append((scene, tuple(kept)))
        step = scene.measurement.step
        notes += [] if scene.effects else [f"{step.said()} has no statement"]
        verdicts.append(Verdict(id=step.migration.id, risk=claims.risk(scene, kept), phase=claims.phase(scene)))
    return Lint(
        findings=tuple(findings), migrations=tuple(verdicts), notes=tuple(dict.fromkeys(notes)), scenes=tuple(seen)
    )


def with_design(project: Project, settings: scratch.Settings, selection: Selection, found: Lint) -> Lint:
    """Add what the files that were looked at have made and is no good design, after the whole history.

    What no file can be said to have made is added where all files were looked at.
    """
    if not selection.wanted & selection.history:
        return found
    allowed = allowances.read(project, design.RULES)
    with sources.reader(project, settings) as reader:
        steps = reader.steps()
        examined = design.examine(reader, steps, allowed)
    paths = {project.relative(step.script.path) for step in steps if step.migration.id in selection.wanted}
    is_all = selection.history <= selection.wanted
    ours = (one for one in examined.findings if one.file in paths or (is_all and one.file is None))
    unused = (f"{one.name} is allowed to break {one.rule}, and does not" for one in examined.unused if is_all)
    ordered = sorted(ours, key=lambda one: (one.file or "", one.line or 0))
    return replace(found, findings=(*found.findings, *ordered), notes=(*found.notes, *unused))


def scenes(
    project: Project,
    settings: scratch.Settings,
    selection: Selection,
    *,
    notes: list[str],
    major: int | None = None,
) -> Iterator[Scene]:
    """Yield what each selected file did, statement by statement; `notes` gets what could not be looked at, and why."""
    if not selection.wanted:
        return
    with ExitStack() as stack:
        cluster = _open(stack, project, settings, selection)
        known = selection.sizes
        live = None
        if selection.live is not None and selection.sampled:
            live = stack.enter_context(database.connect(selection.live, application="tools lint"))
        walk = Walk(
            cluster=cluster,
            project=project,
            sizes=known,
            major=major or known.major,
            live=live,
            queries=selection.queries,
            notes=notes,
        )
        yield from walk.scenes(selection.steps, selection.wanted, selection.history)


def _open(stack: ExitStack, project: Project, settings: scratch.Settings, selection: Selection) -> scratch.Cluster:
    """Open a scratch server whose `replayed` database is in the state to start from."""
    if selection.there is None:
        return stack.enter_context(scratch.cluster(settings, project=project, steps=selection.before))
    cluster = stack.enter_context(scratch.cluster(settings))
    url = borrowing.make(cluster, selection.there, ours=settings.url is None)
    return replace(cluster, replayed=str(database.parse(url)["dbname"]))


def judge(project: Project, scene: Scene) -> list[Finding]:
    """Return the findings of one file, by line, less what it says to ignore, and what it ignores for nothing."""
    path = project.relative(scene.script.path)
    if not scene.effects:
        return []
    found = _found(path, scene)
    starts = [piece.start for piece in split(scene.script.text)]
    ignores = claims.ignores(path, scene.script, starts, frozenset(rule.id for rule in RULES))
    large = _found(path, replace(scene, sizes=Sizes())) if ignores else []  # it may be ignored for where it is large
    used = {one for one in ignores for start, each in (*found, *large) if one.covers(each, start)}
    kept = [each for start, each in found if not any(one.covers(each, start) for one in ignores)]
    seen = [effect.statement.start for effect in scene.effects]  # where one failed, not all
    tried = (one for one in ignores if scene.measurement.done or one.statement in seen)
    kept += [_unused(path, scene, one) for one in tried if one not in used]
    return sorted(kept, key=lambda one: (one.line or 0, one.rule))


def _found(path: str, scene: Scene) -> list[tuple[int, Finding]]:
    """Return what each rule finds, with the start of its statement."""
    return [
        (hit.effect.statement.start, finding(path, scene.script, check.rule, hit))
        for check in CHECKS
        for hit in check.find(scene)
    ]


def _unused(path: str, scene: Scene, one: claims.Ignore) -> Finding:
    return Finding(
        rule=UNUSED.id,
        class_=UNUSED.class_,
        risk=UNUSED.risk,
        file=path,
        line=locate(scene.script.text, one.start)[0],
        statement=None,
        message=f"{one.rule} is not found here",
        instead=UNUSED.instead,
    )


def _has_history(project: Project) -> bool:
    return project.migrations.is_dir() and any(project.migrations.glob("*.sql"))


def _named(project: Project, steps: tuple[Step, ...], files: Iterable[str]) -> tuple[tuple[Step, ...], frozenset[str]]:
    """Return the files that are no migrations as steps of their own, and the ids of those that are."""
    by_path = {step.script.path.resolve(): step.migration.id for step in steps}
    foreign: list[Step] = []
    wanted: set[str] = set()
    for name in files:
        path = Path(name)
        if path.resolve() in by_path:
            wanted.add(by_path[path.resolve()])
        elif path.is_file():
            script = read_script(project, path.resolve())
            foreign.append(Step(migration=Migration(id=path.stem, up=script), operation="apply"))
        elif path.is_dir() or path.suffix == ".sql":
            way_out = "is a folder: name files" if path.is_dir() else "is not there: name it as seen from this folder"
            raise Trouble(f"{name} {way_out}")
        else:
            found = history.find(history.compare(tuple(step.migration for step in steps), ledger.Ledger()), name)
            wanted.add(found.id)
    return tuple(foreign), frozenset(wanted)


def _changed(project: Project, since: str) -> frozenset[str]:
    """Return the ids of the migrations that differ from a commit, and of those that git does not know yet."""
    folder = project.relative(project.migrations)
    names: set[str] = set()
    for arguments in (
        ("diff", "--name-only", "--relative", "--diff-filter=d", since, "--", folder),
        ("ls-files", "--others", "--exclude-standard", "--", folder),
    ):
        names |= {Path(line).name for line in git(project, *arguments).splitlines()}
    return frozenset(name.removesuffix(".sql") for name in names if not name.endswith(".rollback.sql"))
