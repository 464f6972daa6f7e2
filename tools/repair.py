"""What somebody accepts on purpose: a file that was edited, renamed or deleted; the ledger follows, and remembers."""

from __future__ import annotations

from dataclasses import dataclass

from tools import database, history, ledger, runner
from tools.config import Project
from tools.history import Item
from tools.migrations import Migration
from tools.runner import Amendment, Options, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One thing to accept: a sentence, the difference where there is one, and what the ledger then says."""

    id: str
    sentence: str
    difference: str
    amendments: tuple[Amendment, ...]


def find(url: str, project: Project) -> tuple[Repair, ...]:
    """Return what stands in the way of the next apply and can be accepted; reads only."""
    with database.connect(url, application="tools repair") as connection:
        found = runner.state(connection, project)
        repairs = []
        for item in found.having("edited", "missing"):
            ran = ledger.executed(connection, item.log_id)
            repairs.append(_repair(project, found, item, ran))
    return tuple(repairs)


def accept(url: str, project: Project, options: Options, repairs: tuple[Repair, ...], *, say: Say) -> None:
    """Write to the ledger what was accepted, in one transaction; no migration runs, and no old row is lost."""
    amendments = tuple(amendment for repair in repairs for amendment in repair.amendments)
    runner.amend(url, project, options, amendments, say=say)


def _repair(project: Project, found: history.History, item: Item, ran: str | None) -> Repair:
    if item.migration is not None:
        path = project.relative(item.migration.up.path)
        return Repair(
            id=item.id,
            sentence=f"{path}: accept the file as what ran, though something else did",
            difference=history.edit(project, item, ran),
            amendments=(Amendment(id=item.id, operation="mark", script=item.migration.up, known=True),),
        )
    gone = Amendment(id=item.id, operation="unmark")
    if item.renamed_to:
        new = _migration(found, item.renamed_to)
        return Repair(
            id=item.id,
            sentence=f"{item.id}: its file is now called {item.renamed_to}: record it under that name",
            difference="",
            amendments=(gone, Amendment(id=new.id, operation="mark", script=new.up)),
        )
    return Repair(
        id=item.id,
        sentence=f"{item.id}: its file is gone: forget that it is applied; what it made stays in the database",
        difference="",
        amendments=(gone,),
    )


def _migration(found: history.History, wanted: str) -> Migration:
    return next(item.migration for item in found.items if item.id == wanted and item.migration)
