"""Runs a plan: each transactional file whole, in one message, its ledger row committing with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import LiteralString

import psycopg
from psycopg import errors, sql

from tools import database, envelope, history, ledger, lock, migrations
from tools.config import Project
from tools.database import Connection
from tools.envelope import CHECK_CLIENT, Envelope, Stationery, Verdict
from tools.errors import Trouble
from tools.failure import NOTHING, Failed, explain, tampered
from tools.history import History, Step
from tools.ledger import Operator, Waits
from tools.message import Outcome, send
from tools.migrations import Script
from tools.patience import Patience
from tools.runnable import refuse_unprotected, refuse_unrunnable
from tools.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run behaves: `lock_timeout` in ms (what queues behind a waiting ALTER is out), other times in seconds."""

    lock_timeout: int = 200
    patience: float = 600.0
    statement_timeout: float = 0.0
    allow_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One file that ran, or that another run had done first (`by_other`); milliseconds of wall time."""

    id: str
    operation: ledger.Operation
    milliseconds: int
    by_other: bool = False


Listen = Callable[[Applied], None]
Say = Callable[[str], None]


def ignore(_: object) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run on one connection: what every file of it shares."""

    connection: Connection
    project: Project
    options: Options
    operator: Operator
    stationery: Stationery
    pooled: bool
    watch: Watch | None
    listen: Listen
    say: Say
    tell: Say

    def watched(self, step: Step) -> AbstractContextManager[None]:
        """Watch while the step runs, where there is somebody to tell."""
        return self.watch.during(step.migration.id) if self.watch else nullcontext()

    @property
    def blocker(self) -> str | None:
        """Who was last seen to block."""
        return self.watch.blocker if self.watch else None

    @property
    def patience(self) -> Patience:
        """How long its files wait for locks."""
        options = self.options
        return Patience(
            lock_timeout=options.lock_timeout,
            seconds=options.patience,
            say=self.say,
            blocker=lambda: self.blocker,
        )


def state(connection: Connection, project: Project) -> History:
    """Return what files and ledger say together; reads only."""
    return history.compare(migrations.read(project), ledger.read(connection, project))


def apply(
    url: str,
    project: Project,
    options: Options,
    *,
    to: str | None = None,
    listen: Listen = ignore,
    say: Say = ignore,
    tell: Say | None = None,
) -> tuple[Applied, ...]:
    """Apply what is pending, up to `to`; nothing to do costs one question and takes no lock.

    `tell` gets a line of progress each second that a statement takes long; with it the run is watched.
    """
    with _session(url, "tools apply") as connection:
        files = migrations.read(project)
        plan = plan_apply(connection, project, options, to, files)
        if not plan:
            return ()
        with _run(connection, url, project, options, plan, listen, say, tell) as run:
            return _execute(run, plan_apply(connection, project, options, to, files, looked_at=plan))


def replay(url: str, project: Project, steps: tuple[Step, ...]) -> tuple[Applied, ...]:
    """Run the steps as they are given, on a scratch database: no question what is pending."""
    refuse_unrunnable(project, steps)
    with _session(url, "tools replay") as connection:
        if not steps:
            return ()
        with _run(connection, url, project, Options(patience=60.0), steps, ignore, ignore) as run:
            return _execute(run, steps)


def roll_back(
    url: str,
    project: Project,
    options: Options,
    *,
    to: str | None = None,
    count: int = 1,
    agreed: tuple[Step, ...] | None = None,
    listen: Listen = ignore,
    say: Say = ignore,
    tell: Say | None = None,
) -> tuple[Applied, ...]:
    """Roll back `count` migrations, or everything after `to`; the rollback files are looked at before anything runs.

    `agreed` is what somebody was shown and said yes to; where that is no longer the plan, nothing runs.
    """
    with _session(url, "tools rollback") as connection:
        plan = history.to_roll_back(state(connection, project), to=to, count=count)
        history.refuse_other(plan, agreed)
        refuse_unrunnable(project, plan)
        if not plan:
            return ()
        with _run(connection, url, project, options, plan, listen, say, tell) as run:
            history.refuse_newer(state(connection, project), plan)
            return _execute(run, plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of the ledger without a run; `known`: the migration is recorded already, and only its text changes."""

    id: str
    operation: ledger.Operation
    script: Script | None = None
    known: bool = False


def mark(
    url: str, project: Project, options: Options, steps: tuple[Step, ...], *, say: Say = ignore
) -> tuple[Applied, ...]:
    """Record migrations as applied without running them; whoever calls has proved that they are."""
    amendments = (Amendment(id=step.migration.id, operation="mark", script=step.migration.up) for step in steps)
    amend(url, project, options, tuple(amendments), say=say)
    return tuple(Applied(id=step.migration.id, operation="mark", milliseconds=0) for step in steps)


def amend(
    url: str, project: Project, options: Options, amendments: tuple[Amendment, ...], *, say: Say = ignore
) -> None:
    """Change the ledger, and nothing else, in one transaction."""
    with (
        _session(url, "tools mark") as connection,
        _run(connection, url, project, options, (), ignore, say) as run,
        connection.transaction(),
    ):
        for one in amendments:
            try:
                connection.execute(ledger.guard(project))
                if not one.known:
                    connection.execute(ledger.record(project, one.id, one.operation, run.operator))
                connection.execute(ledger.entry(project, one.id, one.operation, one.script, run.operator))
            except (errors.DivisionByZero, errors.IntegrityError) as error:
                raise Trouble(f"{one.id}: another run was faster, so nothing was changed: see tools status") from error


def plan_apply(
    connection: Connection,
    project: Project,
    options: Options,
    to: str | None,
    files: tuple[migrations.Migration, ...] | None = None,
    *,
    looked_at: tuple[Step, ...] = (),
) -> tuple[Step, ...]:
    """Return what to apply, or refuse: an edited, deleted or late file stops everything, with the difference shown.

    `looked_at`: steps over the same files that can run as their directives say; parsing them again finds nothing new.
    """
    found = history.compare(files or migrations.read(project), ledger.read(connection, project))
    refusals = history.refusals(project, found, allow_late=options.allow_late)
    if refusals:
        edits = [
            history.edit(project, item, ledger.executed(connection, item.log_id)) for item in found.having("edited")
        ]
        raise Trouble("\n".join([*refusals, *filter(None, edits), "nothing was changed"]))
    plan = history.to_apply(found, to=to)
    known = {step.migration.id for step in looked_at}
    refuse_unrunnable(project, tuple(step for step in plan if step.migration.id not in known))
    return plan


@contextmanager
def _session(url: str, application: str) -> Iterator[Connection]:
    """Open the connection of a run; what ends it outside the files, where nobody else explains it, is a sentence."""
    with database.connect(url, application=application) as connection, database.explained("write the ledger", url):
        try:
            yield connection
        except database.STOPPED as error:
            raise Trouble(
                f"the run was stopped: {database.reason(error, url)}:"
                " what tools status shows as applied is done, and the same command does the rest"
            ) from error


@contextmanager
def _run(
    connection: Connection,
    url: str,
    project: Project,
    options: Options,
    plan: tuple[Step, ...],
    listen: Listen,
    say: Say,
    tell: Say | None = None,
) -> Iterator[Run]:
    """Take the lock, and make the ledger where there is none."""
    database.refuse_read_only(connection)
    operator = ledger.operator(project)
    direct = database.is_direct(connection)
    pooled = not direct and _may_share(url, connection, plan)
    connection.add_notice_handler(lambda diagnostic: say(f"{diagnostic.severity}: {diagnostic.message_primary}"))
    watch = None
    if tell is not None and direct:  # behind a pooler our session's number is the pooler's own
        pid = connection.info.backend_pid
        watch = Watch(pid, lambda: database.connect(url, application="tools watch"), tell)
    run = Run(
        connection=connection,
        project=project,
        options=options,
        operator=operator,
        stationery=envelope.stationery(project, operator, _limits(options), pooled=pooled),
        pooled=pooled,
        watch=watch,
        listen=listen,
        say=say,
        tell=tell or ignore,
    )
    if not pooled:  # behind a transaction pooler a session's lock would stay with a stranger's session
        lock.take(connection, project, options.patience, say, run.tell)
    with database.explained("make the ledger", url):
        lock.create_ledger(connection, project, options.patience)
    try:
        yield run  # the lock ends with the connection
    finally:
        if watch is not None:
            watch.close()


def _may_share(url: str, connection: Connection, plan: tuple[Step, ...]) -> bool:
    """Tell whether to do without a lock of the session, as transactional files can behind any pooler."""
    if all(step.script.transactional == "true" for step in plan):
        return True
    return database.shares_session(connection, lambda: database.connect(url))


def _execute(run: Run, plan: tuple[Step, ...]) -> tuple[Applied, ...]:
    if run.pooled:
        refuse_unprotected(run.project, plan)
    done: list[Applied] = []
    with _kept(run, done):
        for step, after in zip_longest(plan, plan[1:]):
            started = time.monotonic()
            by_other = not _execute_step(run, step, lazily=after is not None and after.script.transactional == "true")
            elapsed = round((time.monotonic() - started) * 1000)
            applied = Applied(id=step.migration.id, operation=step.operation, milliseconds=elapsed, by_other=by_other)
            run.listen(applied)
            done.append(applied)
    if done and done[-1].by_other:  # our own last commit was a lazy one
        _flush(run)
    return tuple(done)


@contextmanager
def _kept(run: Run, done: list[Applied]) -> Iterator[None]:
    """See that what committed lazily is on the disk, too, and told, where the run ends before its last file."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Failed):
            error.follow([one.operation for one in done])
        with suppress(psycopg.Error):  # without a connection the server does it by itself, in less than a second
            run.connection.rollback()  # after Ctrl-C the file's transaction is still open
            _flush(run)
        raise


def _flush(run: Run) -> None:
    """Commit something, for that takes all before it to the disk."""
    run.connection.execute("select pg_catalog.pg_logical_emit_message(true, 'schema_tools', '')")


def _execute_step(run: Run, step: Step, *, lazily: bool) -> bool:
    """Run one file; False where another run had done it first."""
    if step.script.transactional == "true":
        return _patiently(run, step, lazily=lazily)
    from tools import autocommit  # loaded where a file needs it

    file = autocommit.File(
        connection=run.connection,
        project=run.project,
        step=step,
        operator=run.operator,
        patience=run.patience,
        settings=sql.Composed([sql.SQL(f"set {CHECK_CLIENT};\n"), *_limit(run.options, "session")]),
        tell=run.tell,
    )
    with run.watched(step):
        autocommit.run(file)
    return True


def _limits(options: Options) -> tuple[sql.Composed, ...]:
    """Return the settings that every transaction starts with."""
    return (sql.SQL("set local lock_timeout = {};\n").format(sql.Literal(options.lock_timeout)), *_limit(options))


def _limit(options: Options, scope: LiteralString = "local") -> tuple[sql.Composed, ...]:
    """Return the setting that ends a statement which takes too long, where one is wanted."""
    milliseconds = sql.Literal(round(options.statement_timeout * 1000))
    setting = sql.SQL("set {} statement_timeout = {};\n").format(sql.SQL(scope), milliseconds)
    return (setting,) if options.statement_timeout else ()


def _patiently(run: Run, step: Step, *, lazily: bool) -> bool:
    """Run the file's whole transaction again until its locks are free, at most for as long as the patience lasts."""

    def attempt(waits: Waits) -> tuple[Envelope, Outcome]:
        around = run.stationery.envelope(step, lazily=lazily, waits=waits)
        with run.watched(step):
            outcome = send(run.connection, step.script.text, before=around.before, after=around.after)
        if outcome.error is not None and not run.connection.broken:
            run.connection.rollback()
            run.connection.execute(around.clean.encode())
        return around, outcome

    def missed(ended: tuple[Envelope, Outcome]) -> str | None:
        around, outcome = ended
        if isinstance(outcome.error, errors.LockNotAvailable):
            return outcome.error.diag.message_primary
        locked = outcome.error is not None and around.verdict(step.script.text, outcome) == "locked"
        return f"{lock.holder(run.connection, run.project)} holds the lock" if locked else None

    around, outcome = run.patience.insist(step.migration.id, attempt, missed)
    if outcome.error is None:
        return True
    verdict = around.verdict(step.script.text, outcome)
    if verdict == "faster":
        return False
    raise _trouble(run, step, around, verdict, outcome)


def _trouble(run: Run, step: Step, around: Envelope, verdict: Verdict, outcome: Outcome) -> Trouble:
    """Return what is said of a message that did not come through."""
    error, lost = outcome.error or psycopg.OperationalError(), run.connection.broken
    if verdict == "locked":
        return Trouble(f"{step.migration.id}: another run still holds the lock: wait longer with --patience")
    if verdict == "ledger":
        return tampered(run.project, step.script, gone=not isinstance(error, errors.NotNullViolation))
    if verdict == "unable":
        with database.explained("write the ledger"):
            raise error
    return explain(
        run.project,
        step.script,
        outcome,
        statement=outcome.done - around.statements,
        state="the connection was lost: see tools status" if lost else NOTHING,
        blocker=run.blocker,
    )
