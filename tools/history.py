"""What the files and the ledger say together, and the plan that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile
from typing import Literal

from tools.config import Project
from tools.errors import Trouble
from tools.ledger import Entry, Ledger, Operation, order
from tools.migrations import Migration, Script, close_to

UNRELATED = (  # a typing error in a URL, or the wrong folder, and no reason to restore files
    "the ledger names {} migrations, and none of their files is here:"
    " pass the --url of the database, or the -C of the folder, that belongs to the other"
)
State = Literal["applied", "pending", "late", "edited", "missing", "unfinished"]

MEANWHILE = "another run changed the history meanwhile: nothing was changed: look at tools status first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One migration: its file, its ledger entry, and what that makes it.

    `late`: not applied, though a later one is. `edited`: the file is not what ran; `cosmetic` edits (comments, white
    space, line ends) leave it `applied`. `missing`: applied, and the file is gone; `renamed_to` is a pending file with
    the same content. `unfinished`: started outside a transaction, and not ended.
    """

    id: str
    state: State
    migration: Migration | None = None
    entry: Entry | None = None
    cosmetic: bool = False
    renamed_to: str | None = None

    @property
    def log_id(self) -> int | None:
        """The row of our log that tells of it, where there is one."""
        return self.entry.log_id if self.entry else None

    @property
    def half_undone(self) -> bool:
        """Tell whether its rollback was begun outside a transaction, and not ended."""
        return self.entry is not None and self.entry.applied and self.entry.unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a run does: a script, up or down, and the ledger's change that belongs to it."""

    migration: Migration
    operation: Operation
    late: bool = False

    @property
    def script(self) -> Script:
        """The file that runs."""
        script = self.migration.up if self.operation == "apply" else self.migration.down
        if script is None:
            raise Trouble(f"{self.migration.id} has no rollback file: write {self.migration.id}.rollback.sql")
        return script

    def said(self) -> str:
        """Return how a sentence names it."""
        return self.migration.id if self.operation == "apply" else f"the way back of {self.migration.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every migration in the order of the files; those whose file is missing stand where their name sorts."""

    items: tuple[Item, ...]

    def having(self, *states: State) -> tuple[Item, ...]:
        """Return the items in one of these states."""
        return tuple(item for item in self.items if item.state in states)

    @property
    def is_unrelated(self) -> bool:
        """Whether the ledger names migrations, more than one, and no file is any of them."""
        named = [item for item in self.items if item.entry]
        return len(named) > 1 and all(item.state == "missing" and not item.renamed_to for item in named)


def compare(migrations: tuple[Migration, ...], ledger: Ledger) -> History:
    """Hold the files against the ledger."""
    entries = {entry.id: entry for entry in ledger.entries}
    ordered = order(migrations)
    last = max((n for n, migration in enumerate(ordered) if _applied(entries.get(migration.id))), default=-1)
    items = [_item(migration, entries.get(migration.id), late=n < last) for n, migration in enumerate(ordered)]
    known = {migration.id for migration in ordered}
    by_hash = {item.migration.up.raw_hash: item.id for item in items if item.migration and item.state != "applied"}
    for entry in ledger.entries:
        if entry.id not in known:
            gone = Item(id=entry.id, state="missing", entry=entry, renamed_to=by_hash.get(entry.raw_hash or ""))
            place = next((n for n, item in enumerate(items) if item.id > entry.id), len(items))
            items.insert(place, gone)
    return History(items=tuple(items))


def find(history: History, wanted: str) -> Item:
    """Return the one migration whose id is, or starts with, `wanted`."""
    exact = [item for item in history.items if item.id == wanted]
    found = exact or [item for item in history.items if item.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise Trouble(f"{wanted} could be {', '.join(item.id for item in found[:3])}{more}: write more of the name")
    close = close_to(wanted, (item.id for item in history.items))
    raise Trouble(f"no migration {wanted}" + (f": did you mean {close}" if close else ": see tools status"))


def to_apply(history: History, *, to: str | None = None) -> tuple[Step, ...]:
    """Return what is to be applied, in order; with `to`, up to and including that one."""
    end = len(history.items)
    if to is not None:
        end = history.items.index(find(history, to)) + 1
    wanted = [item for item in history.items[:end] if item.state in ("pending", "late", "unfinished")]
    return tuple(
        Step(migration=item.migration, operation="apply", late=item.state == "late")
        for item in wanted
        if item.migration
    )


def to_roll_back(history: History, *, to: str | None = None, count: int = 1) -> tuple[Step, ...]:
    """Return what is to be rolled back, newest first: `count` migrations, or everything after `to`."""
    applied = [item for item in history.items if item.state in ("applied", "edited", "missing")]
    if to is not None:
        target = find(history, to)
        if target not in applied:
            raise Trouble(f"{target.id} is not applied: --to names the migration that stays the newest")
        wanted = applied[applied.index(target) + 1 :]
    else:
        wanted = applied[max(0, len(applied) - count) :]
    steps = []
    for item in reversed(wanted):
        if item.migration is None:
            raise Trouble(f"{item.id} is applied, and its files are gone: restore them from version control")
        if item.migration.down is None:
            raise Trouble(f"{item.id} has no rollback file: write {item.id}.rollback.sql, or restore a backup")
        steps.append(Step(migration=item.migration, operation="rollback"))
    return tuple(steps)


def refuse_other(plan: tuple[Step, ...], agreed: tuple[Step, ...] | None) -> None:
    """Refuse a plan that is no longer what somebody was shown, if anybody was."""
    if agreed is not None and [step.migration.id for step in plan] != [step.migration.id for step in agreed]:
        raise Trouble(MEANWHILE)


def refuse_newer(history: History, plan: tuple[Step, ...]) -> None:
    """Refuse to roll back what has become the ground of something newer since the plan was made."""
    ids = {step.migration.id for step in plan}
    after = dropwhile(lambda item: item.id not in ids, history.items)
    if any(_applied(item.entry) and item.id not in ids for item in after):
        raise Trouble(MEANWHILE)


def refusals(project: Project, history: History, *, allow_late: bool = False) -> tuple[str, ...]:
    """Return why nothing may be applied: each a sentence that names the files and the way out."""
    sentences = []
    for item in history.having("edited"):
        path = project.relative(item.migration.up.path) if item.migration else item.id
        sentences.append(f"{path} was edited after it was applied: restore it, and put the change in a new migration")
    if history.is_unrelated:
        return (UNRELATED.format(len(history.having("missing"))),)
    for item in history.having("missing"):
        if item.renamed_to:
            sentences.append(f"{item.id} is applied, and its file is now called {item.renamed_to}: rename it back")
        else:
            sentences.append(f"{item.id} is applied, and its file is gone: restore it from version control")
    newest = next((item.id for item in reversed(history.items) if _applied(item.entry)), "")
    late = () if allow_late else history.having("late")
    sentences += [
        f"{item.id} is older than {newest}, which is applied: rename it to a new timestamp,"
        " or accept the order with --allow-late"
        for item in late
    ]
    return tuple(sentences)


def edit(project: Project, item: Item, ran: str | None) -> str:
    """Return the unified diff between what ran and what the file says now."""
    if item.migration is None or ran is None:
        return ""
    import difflib

    name = project.relative(item.migration.up.path)
    lines = difflib.unified_diff(
        ran.splitlines(), item.migration.up.text.splitlines(), f"{name} (as applied)", f"{name} (now)", lineterm=""
    )
    return "\n".join(lines)


def _item(migration: Migration, entry: Entry | None, *, late: bool) -> Item:
    if entry is None:
        return Item(id=migration.id, state="late" if late else "pending", migration=migration)
    if not entry.applied:
        return Item(id=migration.id, state="unfinished", migration=migration, entry=entry)
    same = entry.raw_hash is None or entry.raw_hash == migration.up.raw_hash or entry.operation not in ("apply", "mark")
    cosmetic = not same and entry.token_hash == migration.up.token_hash()
    state: State = "applied" if same or cosmetic else "edited"
    return Item(id=migration.id, state=state, migration=migration, entry=entry, cosmetic=cosmetic)


def _applied(entry: Entry | None) -> bool:
    return entry is not None and entry.applied
