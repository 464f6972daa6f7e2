"""Files that run outside a transaction: one statement at a time, each with the ledger's note of how far it came.

A statement that may run in a transaction commits together with its note. One that may not (CREATE INDEX CONCURRENTLY)
is noted after it; when a run was killed between the two, the next run looks at the catalog instead of guessing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import errors, pq, sql

from tools import lock, notes
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.failure import NOTHING, Failed, explain
from tools.history import Step
from tools.ledger import Operator, Waits
from tools.message import Outcome, send
from tools.notes import Notes
from tools.patience import Patience
from tools.recovery import Scene
from tools.statements import Statement, outside_transaction, parse, split, whole

# What the server refuses for what is there or is not, so that the statement has done nothing
REFUSED = (
    errors.DuplicateTable,
    errors.DuplicateObject,
    errors.DuplicateDatabase,
    errors.UndefinedTable,
    errors.UndefinedObject,
    errors.InvalidCatalogName,
)
# https://www.postgresql.org/docs/current/sql-discard.html: it releases all advisory locks, and the run's is one
RESETS = re.compile(r"\b(?:discard|reset)\s+all\b", re.IGNORECASE)
LETS_GO = re.compile(r"\bdiscard\s+all\b|\bpg_advisory_unlock", re.IGNORECASE)
# Refused in a transaction block: a procedure that commits, and what statements.py does not know
NOT_IN_A_BLOCK = (errors.InvalidTransactionTermination, errors.ActiveSqlTransaction)
STAYS = "what the file committed before this statement stays: mend the file, and apply runs it all again"
MAY_COMMIT = ("CallStmt", "DoStmt")
# Outside a transaction block, and yet as good as new when it gives up halfway
REPEATABLE = ("vacuum", "cluster", "reindex schema", "reindex system", "reindex database", "discard all")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file to run, and what its run shares; `settings` are the run's own, for the session."""

    connection: Connection
    project: Project
    step: Step
    operator: Operator
    patience: Patience
    settings: sql.Composed
    tell: Callable[[str], None]

    @property
    def id(self) -> str:
        """The migration's id, as the story calls it."""
        return self.step.migration.id

    def leave_transaction(self) -> None:
        """Undo what is open, if anything is."""
        if not self.connection.broken:
            self.connection.rollback()

    def send(self, piece: Statement, *, after: str = "") -> Outcome:
        """Send a statement, with its data."""
        return send(self.connection, whole(self.step.script.text, piece), after=after)

    def failure(self, outcome: Outcome, piece: Statement, number: int, state: str) -> Failed:
        """Say where a statement failed."""
        return explain(
            self.project,
            self.step.script,
            outcome,
            statement=number,
            start=piece.start,
            state=state,
            blocker=self.patience.blocker(),
        )


def run(file: File) -> None:
    """Run the file from where the last run stopped, as its directive says, then record it."""
    opened = notes.begin(file.connection, file.project, file.step, file.operator)
    file.connection.execute(file.settings)
    pieces = split(file.step.script.text)
    if file.step.script.transactional == "own":
        _run_as_written(file, opened, pieces)
    else:
        _run_statements(file, opened, pieces)


def _run_statements(file: File, opened: Notes, pieces: tuple[Statement, ...]) -> None:
    """Run one statement after the other, each with its note."""
    _set_again(file.connection, pieces[: opened.done])
    waits = _lock_timeouts(file, pieces)
    for number, piece in enumerate(pieces[opened.done :], start=opened.done):
        first = opened.again and number == opened.done
        if first:
            file.patience.say(f"{file.id}: continues at statement {number + 1} of {len(pieces)}")
        outside = outside_transaction(piece.text) is not None
        if _settle(file, opened.since if first and outside else None, piece, number):
            opened.write(number + 1)
        elif outside:
            _run_alone(file, opened, piece, number, waits[number])
        else:
            _run_with_note(file, opened, piece, number, waits[number])
        _hold_again(file, piece, number)
    opened.finish()


def _run_with_note(file: File, opened: Notes, piece: Statement, number: int, wait: int | None) -> None:
    """Run a statement in one transaction with its note, again and again until it has its locks."""

    def attempt(waits: Waits) -> Outcome:
        opened.open(number + 1, waits, lock_timeout=wait)
        outcome = file.send(piece, after="\n;commit")
        file.leave_transaction()
        return outcome

    outcome = file.patience.insist(file.id, attempt, _missed)
    if isinstance(outcome.error, NOT_IN_A_BLOCK):
        return _run_alone(file, opened, piece, number, wait)
    if outcome.error is not None:
        raise file.failure(outcome, piece, number, _where_things_stand(piece, number))
    return None


def _run_alone(file: File, opened: Notes, piece: Statement, number: int, wait: int | None) -> None:
    """Run a statement that cannot run in a transaction, and note it afterwards."""

    def attempt(waits: Waits) -> tuple[Outcome, Waits]:
        _set_lock_timeout(file, wait)
        return file.send(piece), waits

    repeatable = _is_repeatable(piece)
    outcome, waits = file.patience.insist(file.id, attempt, lambda ended: _missed(ended[0]) if repeatable else None)
    if outcome.error is None:
        return opened.write(number + 1, waits)
    if isinstance(outcome.error, REFUSED):
        opened.refuse(number + 1)
    raise file.failure(outcome, piece, number, _where_things_stand(piece, number, alone=True))


def _run_as_written(file: File, opened: Notes, pieces: tuple[Statement, ...]) -> None:
    """Run a file that brings its own transactions as psql would, one statement after the other, then record it.

    After a lock that cannot be had, the statements since the last point outside a transaction are undone and sent
    again; not where a part of them has committed.
    """
    at = number = 0  # the first statement that is not done for good, and the one that is sent
    again = True
    lock_timeouts = _lock_timeouts(file, pieces)

    def attempt(waits: Waits) -> tuple[Outcome, Waits]:
        nonlocal at, number, again
        for number in range(at, len(pieces)):
            idle = file.connection.info.transaction_status == pq.TransactionStatus.IDLE
            again = (_is_repeatable(pieces[number]) if idle else again) and not _chains(pieces[number])
            outcome = _send_as_written(file, opened, pieces[number], number, lock_timeouts[number])
            if outcome.error is not None:
                file.leave_transaction()
                return outcome, waits
            if file.connection.info.transaction_status == pq.TransactionStatus.IDLE:
                at = number + 1
                _hold_again(file, pieces[number], number)
        return Outcome(done=len(pieces)), waits

    outcome, waits = file.patience.insist(file.id, attempt, lambda ended: _missed(ended[0]) if again else None)
    if outcome.error is not None:
        raise file.failure(outcome, pieces[number], number, STAYS)
    file.leave_transaction()  # one that the file opened and left open is no part of the ledger's
    opened.finish(waits)


def _missed(outcome: Outcome) -> str | None:
    """Return what the server said where a lock could not be had."""
    error = outcome.error
    return error.diag.message_primary if isinstance(error, errors.LockNotAvailable) else None


def _send_as_written(file: File, opened: Notes, piece: Statement, number: int, wait: int | None) -> Outcome:
    """Send one statement of a file that brings its own transactions."""
    if file.connection.info.transaction_status == pq.TransactionStatus.IDLE:
        _set_lock_timeout(file, wait)
        if outside_transaction(piece.text) and _settle(file, opened.since, piece, number):
            return Outcome(done=1)
    return file.send(piece)


def _settle(file: File, since: str | None, piece: Statement, number: int) -> bool:
    """Look at what an earlier try of the statement, or somebody else, has left; True where the statement is done."""
    try:
        scene = Scene(connection=file.connection, since=since, say=file.patience.say, tell=file.tell)
        return scene.settle(piece.text)
    except psycopg.Error as error:
        raise file.failure(Outcome(done=0, error=error), piece, number, _where_things_stand(piece, number)) from error


def _set_again(connection: Connection, done: tuple[Statement, ...]) -> None:
    """Repeat the ``set`` statements of an earlier run: what they set ended with its session."""
    for statement in _since_reset(done):
        if any(type(node).__name__ == "VariableSetStmt" for _, node in parse(statement.text)):
            connection.execute(statement.text.encode())


def _since_reset(pieces: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the statements after the last that puts back all that was set."""
    resets = [number for number, piece in enumerate(pieces) if RESETS.match(piece.text)]
    return pieces[resets[-1] + 1 :] if resets else pieces


def _lock_timeouts(file: File, pieces: tuple[Statement, ...]) -> tuple[int | None, ...]:
    """Return how long each waits for a lock, in ms, 0 for ever; None where the file has set that itself by then.

    For ever: a concurrent build that gives up leaves an invalid index, and nobody queues behind it, for the lock it
    asks for lets readers and writers pass: https://www.postgresql.org/docs/current/explicit-locking.html
    """
    found: list[int | None] = []
    is_set = False
    for piece in pieces:
        wait = file.patience.lock_timeout if _is_repeatable(piece) or _may_commit(piece) else 0
        found.append(None if is_set else wait)
        is_set = not RESETS.match(piece.text) and (is_set or _sets_lock_timeout(piece))
    return tuple(found)


def _sets_lock_timeout(piece: Statement) -> bool:
    nodes = (node for _, node in parse(piece.text))
    return any(type(node).__name__ == "VariableSetStmt" and node.name == "lock_timeout" for node in nodes)


def _set_lock_timeout(file: File, wait: int | None) -> None:
    if wait is not None:
        file.connection.execute(sql.SQL("set lock_timeout = {}").format(wait))


def _hold_again(file: File, piece: Statement, number: int) -> None:
    """Put back what a statement took from the run itself: its settings, and its lock if no other run has it now."""
    if RESETS.search(piece.text):
        file.connection.execute(file.settings)
    if LETS_GO.search(piece.text) and not lock.hold(file.connection, file.project):
        raise Trouble(
            f"{file.id}: statement {number + 1} let go of the lock of the run, and another run took it and goes on"
            " from there: see tools status"
        )


def _is_repeatable(piece: Statement) -> bool:
    """Tell whether the statement, when it gives up waiting for a lock, has done nothing, or nothing that matters."""
    found = outside_transaction(piece.text)
    return found.words in REPEATABLE if found else not _may_commit(piece)


def _may_commit(piece: Statement) -> bool:
    return any(type(node).__name__ in MAY_COMMIT for _, node in parse(piece.text))


def _chains(piece: Statement) -> bool:
    return any(type(node).__name__ == "TransactionStmt" and node.chain for _, node in parse(piece.text))


def _where_things_stand(piece: Statement, number: int, *, alone: bool = False) -> str:
    """Return the state of the database after a statement that failed."""
    several = f"the {number} statements before it are done and stay so; "
    before = (several if number > 1 else "the statement before it is done and stays so; ") if number else ""
    if "concurrently" in (getattr(outside_transaction(piece.text), "words", "")):
        return f"{before}an index that this one may have left invalid is no harm: apply again builds it"
    if alone and _may_commit(piece):
        return f"{before}what this one committed stays, and apply again runs it from its start"
    return f"{before}apply again continues here" if number else NOTHING
