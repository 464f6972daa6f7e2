"""A dry run: the pending files in one transaction that is rolled back, and what could not be tried that way."""

from __future__ import annotations

import time
from dataclasses import dataclass

from psycopg import sql

from tools import database, ledger, lock, runner
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.failure import explain
from tools.history import Step
from tools.message import send
from tools.runner import Options

# What the end of a file's own transaction would do: deferred constraints are checked, the session is as before
END_OF_FILE = (
    "set constraints all immediate;\nset constraints all deferred;\nreset session authorization;\nreset all;\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One file of a dry run; `reason` says why it was not tried."""

    id: str
    milliseconds: int = 0
    reason: str | None = None


def rehearse(url: str, project: Project, options: Options, *, to: str | None = None) -> tuple[Tried, ...]:
    """Run what apply would run, and take it back; locks are held until the end, and sequences keep what they gave out.

    A file that fails is an error, as in apply. One that runs outside a transaction is not tried, and neither is what
    comes after it, which may need it.
    """
    with database.connect(url, application="tools apply --dry-run") as connection:
        plan = runner.plan_apply(connection, project, options, to)
        if not plan:
            return ()
        with database.explained("try the files", url), connection.transaction(force_rollback=True):
            _prepare(connection, project, options)
            return tuple(_rehearse(connection, project, plan))


def _prepare(connection: Connection, project: Project, options: Options) -> None:
    row = connection.execute("select pg_catalog.pg_try_advisory_xact_lock(%s)", [ledger.lock_key(project)]).fetchone()
    if not row or not row[0]:
        raise Trouble(f"{lock.holder(connection, project)} is at work: try again when it is done")
    connection.execute(sql.SQL("set local lock_timeout = {}").format(sql.Literal(options.lock_timeout)))


def _rehearse(connection: Connection, project: Project, plan: tuple[Step, ...]) -> list[Tried]:
    tried: list[Tried] = []
    outside = None
    for step in plan:
        id_, script = step.migration.id, step.script
        if script.transactional != "true":
            outside = outside or id_
            tried.append(Tried(id=id_, reason="it runs outside a transaction"))
        elif outside:
            tried.append(Tried(id=id_, reason=f"{outside} before it was not tried"))
        else:
            tried.append(_run(connection, project, step))
    return tried


def _run(connection: Connection, project: Project, step: Step) -> Tried:
    started = time.monotonic()
    outcome = send(connection, step.script.text, after=f"\n;{END_OF_FILE}")
    if outcome.error is not None:
        raise explain(
            project,
            step.script,
            outcome,
            statement=outcome.done,
            state="nothing was changed: this was a dry run",
        )
    return Tried(id=step.migration.id, milliseconds=round((time.monotonic() - started) * 1000))
