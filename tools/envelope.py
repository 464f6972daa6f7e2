"""What stands around a transactional file in its message, and what a failure of the message means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, LiteralString

from psycopg import errors, sql

from tools import ledger
from tools.config import Project
from tools.history import Step
from tools.ledger import Operator, Waits
from tools.message import Outcome
from tools.statements import split

# After a file: what it may have left in the session, so that each file meets the session that psql would give it
CLEAN = "reset session authorization;\nreset all;\ndiscard temp;\n"
# The lock ends with its session, and so must the session with its client, also where that goes without a word: by
# default the server asks after two hours. https://www.postgresql.org/docs/current/runtime-config-connection.html
ALIVE = {
    "tcp_keepalives_idle": "30s",
    "tcp_keepalives_interval": "10s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60s",
}
STAY_ALIVE = "".join(f"set {name} = '{value}';\n" for name, value in ALIVE.items())  # which is reset, too
CLEAN_OWN = f"{CLEAN}deallocate all;\n{STAY_ALIVE}"  # behind a pooler the session is other clients', and so are these
# An orphaned statement ends soon after its client: https://www.postgresql.org/docs/current/runtime-config-connection.html
CHECK_CLIENT: LiteralString = "client_connection_check_interval = '2s'"
# Before the file's first statement, and after its last, these are no fault of it; the last is a standby's answer
UNABLE = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction, errors.FeatureNotSupported)

Verdict = Literal["locked", "faster", "unable", "ledger", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """What is the same for every file of a run: `opening` ends with the guard, `guard` is its number in the message."""

    project: Project
    operator: Operator
    opening: str
    guard: int
    clean: str

    def envelope(self, step: Step, *, lazily: bool, waits: Waits) -> Envelope:
        """Return what goes around this file; `lazily`: a later commit of this run takes this one to the disk."""
        id_, operation = step.migration.id, step.operation
        record = ledger.record(self.project, id_, operation, self.operator).as_string()
        entry = ledger.entry(self.project, id_, operation, step.script, self.operator, late=step.late)
        logged = (entry + ledger.waits_entry(id_, waits)).as_string()
        commit = "set local synchronous_commit = off;\ncommit;\n" if lazily else "commit;\n"
        return Envelope(
            before=self.opening + record,
            after=f"\n;reset session authorization;\n{logged}{commit}{self.clean}",
            guard=self.guard,
            clean=self.clean,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The SQL before and after a file's text."""

    before: str
    after: str
    guard: int
    clean: str

    @property
    def statements(self) -> int:
        """How many statements stand before the file's first: the guard is followed by two for yoyo's tables."""
        return self.guard + 3

    def verdict(self, text: str, outcome: Outcome) -> Verdict:
        """Return what stopped the message: another run, a right that is missing, a changed ledger, or the file."""
        error, done = outcome.error, outcome.done
        if done == self.guard and isinstance(error, errors.DivisionByZero):
            return "locked"
        if done == self.guard + 1 and isinstance(error, errors.DivisionByZero | errors.UniqueViolation):
            return "faster"
        if isinstance(error, UNABLE) and not 0 <= done - self.statements <= len(split(text)):
            return "unable"
        return "ledger" if _is_about_the_ledger(text, outcome) else "file"


def stationery(
    project: Project, operator: Operator, settings: tuple[sql.Composable, ...], *, pooled: bool
) -> Stationery:
    """Return what all files of a run share; `settings` are the statements that limit each transaction."""
    opening = sql.Composed(
        [
            sql.SQL("begin isolation level read committed read write;\n"),
            *settings,
            sql.SQL("set local {};\n").format(sql.SQL(CHECK_CLIENT)),
            ledger.guard(project),
        ]
    )
    return Stationery(
        project=project,
        operator=operator,
        opening=opening.as_string(),
        guard=len(settings) + 2,
        clean=CLEAN if pooled else CLEAN_OWN,
    )


def _is_about_the_ledger(text: str, outcome: Outcome) -> bool:
    error = outcome.error
    if isinstance(error, errors.NotNullViolation):
        return (error.diag.schema_name, error.diag.table_name) == ("schema_tools", "log")
    if not isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName | errors.UndefinedColumn):
        return False
    return outcome.at is not None and outcome.at > len(text)
