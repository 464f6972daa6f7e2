"""The ``tools`` command: each command is one call and one report, imported when it is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from tools import advising, checks, config, linting, terminal, trials, writing
from tools.errors import Trouble
from tools.options import (
    command,
    format_option,
    formats,
    late_option,
    option,
    run_options,
    sample_option,
    scratch_options,
    tools,
    url_option,
)
from tools.terminal import DIFFERENT, SAME, TROUBLE

if TYPE_CHECKING:
    from tools import adopt as adopt_module
    from tools import scratch as scratch_module
    from tools.runner import Applied, Options


@command(tools, "new", example="tools new add_due_date_to_tasks")
@click.argument("name")
@url_option
@option("--triggers", is_flag=True, help="Draft it from the edited files of sql/triggers, and prove the draft.")
@option("--baseline", is_flag=True, help="Take the first one from a database that is there, and prove it.")
@option("--pg-dump", metavar="FILE", type=click.Path(path_type=Path), help="The pg_dump that --baseline runs.")
@option("--keep", metavar="FILE", type=click.Path(path_type=Path), help="Keep a baseline that fails its proof.")
@scratch_options
def new(
    project: config.Project,
    name: str,
    triggers: bool,
    baseline: bool,
    pg_dump: Path | None,
    keep: Path | None,
    url: str | None,
    settings: scratch_module.Settings,
) -> int:
    """Write the pair of files of a new migration.

    With --triggers the new text goes up, and the way down is what the history made of it. With --baseline it is the
    schema of a database, as pg_dump writes it.
    """
    if triggers and baseline:
        raise Trouble("write either --triggers or --baseline, and not both")
    if triggers:
        from tools import drafts

        paths = drafts.new(project, settings, name, say=terminal.say)
    elif baseline:
        from tools import baseline as baselines

        target = _direct(project, url)
        paths = baselines.new(project, settings, name, target, pg_dump=pg_dump, keep=keep, say=terminal.say)
    else:
        from tools import migrations

        paths = migrations.new(project, name)
    for path in paths:
        click.echo(project.relative(path))
    return SAME


@command(tools, "status", example="tools status --exit-code")
@url_option
@option("--exit-code", is_flag=True, help="Exit 1 where something is pending or wrong.")
@formats("text", "json", "markdown")
def status(project: config.Project, url: str | None, format_: str, exit_code: bool) -> int:
    """Show what is applied, pending or wrong; reads only."""
    from tools import database, history, ledger, migrations, report

    files = migrations.read(project)
    with database.connect(config.needed(url, project.directory), application="tools status") as connection:
        entries = ledger.read(connection, project)
    found = history.compare(files, entries)
    _notes(files)
    terminal.answer(report.histories(found, format_, complete=entries.complete, paint=terminal.painter()))
    return DIFFERENT if exit_code and len(found.having("applied")) < len(found.items) else SAME


@command(tools, "plan", example="tools plan --to 20260601090000")
@url_option
@option("--to", metavar="ID", help="Up to and including this migration.")
@late_option
@option(
    "--measure/--no-measure",
    "is_measured",
    default=None,
    show_default="for up to 20 files",
    help="Run the files on scratch, to say what each statement locks and does.",
)
@sample_option
@scratch_options
@formats("text", "json", "markdown")
def plan(
    project: config.Project,
    url: str | None,
    to: str | None,
    allow_late: bool,
    is_measured: bool | None,
    no_sample: bool,
    settings: scratch_module.Settings,
    format_: str,
) -> int:
    """Show what apply would do; reads only.

    What is pending runs on scratch, statement by statement, as apply would run it, on a few hundred rows: the strongest
    lock on each table, with its size and the work under it, who waits for it, who is in its way now, risk, phase, and
    the way back.
    """
    from tools import database, outlook, report, runner

    target = config.needed(url, project.directory)
    with database.connect(target, application="tools plan") as connection:
        found = runner.state(connection, project)
    seen = outlook.look(
        project,
        found,
        live=target,
        settings=settings,
        to=to,
        allow_late=allow_late,
        is_measured=is_measured,
        is_sampled=not no_sample,
    )
    terminal.answer(report.plans(project, seen, format_, paint=terminal.painter()))
    return TROUBLE if seen.refusals else SAME


@command(tools, "apply", events=True, example="tools apply --url postgresql://owner@db.example.com/todo")
@url_option
@option("--to", metavar="ID", help="Up to and including this migration.")
@late_option
@option("--dry-run", is_flag=True, help="Run it in a transaction that is rolled back.")
@run_options
@format_option
def apply(
    project: config.Project,
    url: str | None,
    to: str | None,
    dry_run: bool,
    yes: bool,
    options: Options,
    format_: str,
) -> int:
    """Apply what is pending.

    Each file runs in one transaction with its ledger row; one with the directive transactional: false runs statement
    by statement.
    """
    from tools import database, runner

    target = _direct(project, url)
    if dry_run:
        return _rehearse(target, project, options, to, format_)
    if not yes and terminal.is_terminal(sys.stdin):
        with database.connect(target, application="tools apply") as connection:
            steps = runner.plan_apply(connection, project, options, to)
        if steps:
            names = "".join(f"  {step.migration.id}\n" for step in steps)
            terminal.confirm(f"{names}apply {len(steps)} to {database.describe(target)}?")
    done = runner.apply(
        target, project, options, to=to, listen=_listener(format_), say=terminal.say, tell=terminal.tell
    )
    if not done:
        terminal.say("nothing to apply")
    return SAME


@command(tools, "rollback", events=True, example="tools rollback -n 2 --yes")
@url_option
@option("--to", metavar="ID", help="Everything after this migration, which stays.")
@option("-n", "count", type=click.IntRange(1), default=1, metavar="N", help="The newest N.")
@run_options
@format_option
def rollback(
    project: config.Project,
    url: str | None,
    to: str | None,
    count: int,
    yes: bool,
    options: Options,
    format_: str,
) -> int:
    """Roll back the newest migrations.

    Each needs its rollback file; without one nothing is rolled back.
    """
    from tools import database, history, runner

    if to and click.get_current_context().get_parameter_source("count") is ParameterSource.COMMANDLINE:
        raise Trouble("write either --to or -n, and not both")
    target = _direct(project, url)
    with database.connect(target, application="tools rollback") as connection:
        steps = history.to_roll_back(runner.state(connection, project), to=to, count=count)
    if not steps:
        terminal.say("nothing to roll back")
        return SAME
    if not yes:
        names = "".join(f"  {step.migration.id}\n" for step in steps)
        terminal.confirm(f"{names}roll back {len(steps)} on {database.describe(target)}?")
    listen = _listener(format_)
    runner.roll_back(
        target, project, options, to=to, count=count, agreed=steps, listen=listen, say=terminal.say, tell=terminal.tell
    )
    return SAME


@command(tools, "mark", events=True, example="tools mark 20260105090000 20260105093000")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@url_option
@option(
    "--from",
    "source",
    type=click.Choice(["yoyo", "alembic", "dbmate", "flyway", "catalog"]),
    help="In place of IDs: the tool whose table says what is applied; catalog needs none.",
)
@run_options
@scratch_options
@format_option
def mark(
    project: config.Project,
    ids: tuple[str, ...],
    source: adopt_module.Source | None,
    url: str | None,
    settings: scratch_module.Settings,
    yes: bool,
    options: Options,
    format_: str,
) -> int:
    """Record migrations as applied without running them.

    The history is replayed up to them on scratch, and compared: where the catalog disagrees, nothing is recorded.
    With --from they are found out, proved and shown first.
    """
    from tools import adopt, sources

    if bool(ids) == bool(source):
        raise Trouble("write either IDs or --from, and not both")
    target = _direct(project, url)
    goes_on = yes or (ids and not terminal.is_terminal(sys.stdin))
    ask: Callable[[str], None] = (lambda _: None) if goes_on else terminal.confirm
    with sources.reader(project, settings, live=target, say=terminal.say) as reader:
        if source:
            done = adopt.adopt(target, project, options, source, reader, ask=ask, say=terminal.say)
        else:
            done = adopt.mark(target, project, options, ids, reader, ask=ask, say=terminal.say)
    listen = _listener(format_)
    for one in done:
        listen(one)
    if not done:
        terminal.say("nothing to mark")
    return SAME


@command(tools, "repair", example="tools repair")
@url_option
@run_options
def repair(project: config.Project, url: str | None, yes: bool, options: Options) -> int:
    """Accept edited, renamed or deleted files.

    Shows each with its difference, asks, and changes the ledger only; no migration runs.
    """
    from tools import repair as repairs
    from tools.wording import visible

    target = _direct(project, url)
    found = repairs.find(target, project)
    if not found:
        terminal.say("nothing to repair")
        return SAME
    for one in found:
        terminal.answer(visible("\n".join(filter(None, (one.sentence, one.difference))), lines=True))
    if not yes:
        terminal.confirm(f"accept {len(found)}?")
    repairs.accept(target, project, options, found, say=terminal.say)
    return SAME


def _direct(project: config.Project, url: str | None) -> str:
    """Return where to migrate: not through Neon's pooler, when the environment or .env says the direct address."""
    from tools import database

    return database.direct(
        config.needed(url, project.directory), {**config.read_dotenv(project.directory), **os.environ}
    )


def _rehearse(target: str, project: config.Project, options: Options, to: str | None, format_: str) -> int:
    from tools import rehearsal, report

    tried = rehearsal.rehearse(target, project, options, to=to)
    for one in tried:
        click.echo(report.tried_json(one) if format_ == "json" else report.tried(one))
    if not tried:
        terminal.say("nothing to apply")
    return SAME


def _listener(format_: str) -> Callable[[Applied], None]:
    from tools import report

    def show(one: Applied) -> None:
        terminal.clear()
        click.echo(report.applied_json(one) if format_ == "json" else report.applied(one))

    return show


def _notes(files: Any) -> None:
    for migration in files:
        for note in migration.up.notes:
            terminal.say(f"note: {note}")


def main() -> NoReturn:
    """Run the command line."""
    terminal.run(tools)


__all__ = [
    "advising",
    "checks",
    "linting",
    "main",
    "tools",
    "trials",
    "writing",
]  # importing these modules adds their commands
