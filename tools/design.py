"""The rules of good design, held against the catalog after the migrations, their texts and a scratch database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tools import blueprint, database, design_columns, design_files, design_keys, design_tables, design_trials, origins
from tools.allowances import NONE, Allowance, Allowances
from tools.blueprint import Blueprint, Breach
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.findings import Finding, Rule
from tools.history import Step
from tools.sources import Reader

CONVENTIONS = (*design_tables.CONVENTIONS, *design_columns.CONVENTIONS, *design_keys.CONVENTIONS)
RULES: tuple[Rule, ...] = (
    *(one.rule for one in CONVENTIONS),
    *design_files.RULES,
    design_trials.STALE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What breaks a rule, what the project allows, and the entries of its allow-lists that cover nothing."""

    findings: tuple[Finding, ...]
    allowed: tuple[tuple[Finding, Allowance], ...] = ()
    unused: tuple[Allowance, ...] = ()


def findings(
    project: Project,
    found: Catalog,
    *,
    steps: tuple[Step, ...] = (),
    before: Catalog | None = None,
    scratch: Connection | None = None,
    allowances: Allowances = NONE,
) -> Examined:
    """Hold a catalog against all rules; a finding names the object in `statement`, and the place that made it.

    `steps` are the migrations that made it, whose texts are read. `before` is the catalog of the external tables alone:
    they are no concern of ours, but for what the migrations do to them. `scratch` is connected to a throw-away database
    with this catalog, for what is tried; it is left as it was.
    """
    external = frozenset(table.key for table in before.tables) if before is not None else frozenset()
    drawn = blueprint.draw(found, external)
    breaches = [pair for pair in _breaches(project, drawn, steps, before, scratch) if pair[0].id not in allowances.off]
    known = origins.find(project, steps) if breaches and steps else None
    every = tuple(_finding(rule, breach, known) for rule, breach in breaches)
    covered = [(one, next((entry for entry in allowances.entries if entry.covers(one)), None)) for one in every]
    used = {id(entry) for entry in allowances.entries if any(entry.covers(one) for one in every)}
    return Examined(
        findings=tuple(one for one, entry in covered if entry is None),
        allowed=tuple((one, entry) for one, entry in covered if entry is not None),
        unused=tuple(one for one in allowances.entries if id(one) not in used),
    )


def examine(reader: Reader, steps: tuple[Step, ...], allowances: Allowances = NONE) -> Examined:
    """Replay the steps on scratch, and hold what they make against all rules."""
    cluster = reader.cluster(steps)
    copy = cluster.create(template=cluster.replayed)
    with database.connect(copy, application="tools lint") as connection:
        found = findings(
            reader.project,
            reader.replayed(steps),
            steps=steps,
            before=reader.replayed(()),
            scratch=connection,
            allowances=allowances,
        )
    cluster.drop(copy)
    return found


def _breaches(
    project: Project, drawn: Blueprint, steps: tuple[Step, ...], before: Catalog | None, scratch: Connection | None
) -> Iterator[tuple[Rule, Breach]]:
    for convention in CONVENTIONS:
        yield from ((convention.rule, breach) for breach in convention.look(drawn))
    yield from design_files.find(project, drawn, steps, before)
    if scratch is not None:
        yield from design_trials.find(scratch, drawn)


def _finding(rule: Rule, breach: Breach, known: origins.Origins | None) -> Finding:
    place = breach.place or (known.where(breach.kind, breach.name) if known else None)
    file, _, line = (place or "").rpartition(":")
    return Finding(
        rule=rule.id,
        class_=rule.class_,
        risk=rule.risk,
        file=file or None,
        line=int(line) if line else None,
        statement=breach.name,
        message=breach.message,
        instead=rule.instead,
    )
