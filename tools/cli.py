"""The ``tools`` command: each command is one call and one report, imported when it is asked for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import command, directory_option, format_option, run_options, scratch_options, url_option
from tools.terminal import DIFFERENT, SAME, TROUBLE

if TYPE_CHECKING:
    from tools import scratch as scratch_module
    from tools.runner import Applied, Options


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@directory_option
@click.version_option(package_name="schema-tools", prog_name="tools")
@click.pass_context
def tools(context: click.Context, directory: Path | None) -> None:
    """PostgreSQL migrations in plain SQL, and proof that the database and the models still match them."""
    context.obj = directory or Path()


@command(tools, "new", example="tools new add_due_date_to_tasks")
@click.argument("name")
def new(project: config.Project, name: str) -> int:
    """Write the pair of files of a new migration."""
    from tools import migrations

    for path in migrations.new(project, name):
        click.echo(project.relative(path))
    return SAME


@command(tools, "status", example="tools status --exit-code")
@url_option
@format_option
@click.option("--exit-code", is_flag=True, help="Exit 1 where something is pending or wrong.")
def status(project: config.Project, url: str | None, format_: str, exit_code: bool) -> int:
    """Show what is applied, pending or wrong; reads only."""
    from tools import database, history, ledger, migrations, report

    files = migrations.read(project)
    with database.connect(_database(project, url), application="tools status") as connection:
        entries = ledger.read(connection, project)
    found = history.compare(files, entries)
    _notes(files)
    if format_ == "json":
        click.echo(report.as_json(report.history_json(found)))
    else:
        click.echo(report.history(found, complete=entries.complete))
    return DIFFERENT if exit_code and len(found.having("applied")) < len(found.items) else SAME


@command(tools, "plan", example="tools plan --to 20260601090000")
@url_option
@click.option("--to", metavar="ID", help="Up to and including this migration.")
@click.option("--allow-late", is_flag=True, help="Accept files that are older than an applied one.")
@format_option
def plan(project: config.Project, url: str | None, to: str | None, allow_late: bool, format_: str) -> int:
    """Show what apply would do; reads only."""
    from tools import database, history, report, runner

    with database.connect(_database(project, url), application="tools plan") as connection:
        found = runner.state(connection, project)
    steps = history.to_apply(found, to=to)
    refusals = history.refusals(project, found, allow_late=allow_late)
    if not refusals:
        runner.refuse_unrunnable(project, steps)
    shown = (
        report.as_json(report.plan_json(project, steps, refusals))
        if format_ == "json"
        else report.plan(steps, refusals)
    )
    click.echo(shown)
    return TROUBLE if refusals else SAME


@command(tools, "apply", example="tools apply --url postgresql://owner@db.example.com/todo")
@url_option
@click.option("--to", metavar="ID", help="Up to and including this migration.")
@click.option("--allow-late", is_flag=True, help="Accept files that are older than an applied one; recorded.")
@run_options
@format_option
def apply(
    project: config.Project,
    url: str | None,
    to: str | None,
    yes: bool,
    options: Options,
    format_: str,
) -> int:
    """Apply what is pending.

    Each file runs in one transaction with its ledger row; one that says ``-- transactional: false`` runs statement by
    statement.
    """
    from tools import database, runner

    target = _direct(project, url)
    if not yes and sys.stdin.isatty():
        with database.connect(target, application="tools apply") as connection:
            steps = runner.plan_apply(connection, project, options, to)
        if steps:
            names = "".join(f"  {step.migration.id}\n" for step in steps)
            terminal.confirm(f"{names}apply {len(steps)} to {database.describe(target)}?")
    done = runner.apply(target, project, options, to=to, listen=_listener(format_), say=terminal.say)
    if not done:
        terminal.say("nothing to apply")
    return SAME


@command(tools, "rollback", example="tools rollback -n 2 --yes")
@url_option
@click.option("--to", metavar="ID", help="Everything after this migration, which stays.")
@click.option("-n", "count", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="The newest N.")
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
    runner.roll_back(target, project, options, to=to, count=count, agreed=steps, listen=listen, say=terminal.say)
    return SAME


@command(tools, "mark", example="tools mark 20260105090000 20260105093000")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@url_option
@scratch_options
@run_options
@format_option
def mark(
    project: config.Project,
    ids: tuple[str, ...],
    url: str | None,
    settings: scratch_module.Settings,
    yes: bool,
    options: Options,
    format_: str,
) -> int:
    """Record migrations as applied without running them.

    The history is replayed up to them on scratch, and compared: where the catalog disagrees, nothing is recorded.
    """
    from tools import adopt, database, sources

    target = _direct(project, url)
    if not yes and sys.stdin.isatty():
        terminal.confirm(f"record {len(ids)} as applied on {database.describe(target)}?")
    with sources.reader(project, settings, live=target, say=terminal.say) as reader:
        done = adopt.mark(target, project, options, ids, reader, say=terminal.say)
    listen = _listener(format_)
    for one in done:
        listen(one)
    if not done:
        terminal.say("nothing to mark")
    return SAME


@command(tools, "verify", example="tools verify")
@scratch_options
@format_option
def verify(project: config.Project, settings: scratch_module.Settings, format_: str) -> int:
    """Prove that every migration can be taken back.

    On scratch each one goes up, down and up, and the catalog must be equal each time; sql/triggers must be current.
    """
    from tools import migrations, report, scratch
    from tools import verify as verification

    with scratch.cluster(settings) as cluster:
        found = verification.verify(cluster, project, scratch.steps_of(migrations.read(project)))
    click.echo(report.as_json(report.verification_json(found)) if format_ == "json" else report.verification(found))
    return SAME if found.good else DIFFERENT


@command(tools, "drift-check", example="tools drift-check --expected migrations --actual live")
@click.option("--expected", metavar="SRC", help="What should be [default: migrations].")
@click.option("--actual", metavar="SRC", help="What is [default: models, and live where a database is configured].")
@url_option
@click.option("--models", metavar="PACKAGE", help="The package of the models [default: models].")
@scratch_options
@format_option
def drift_check(
    project: config.Project,
    expected: str | None,
    actual: str | None,
    url: str | None,
    models: str | None,
    settings: scratch_module.Settings,
    format_: str,
) -> int:
    """Compare migrations, models and databases.

    Exits 1 where they differ.

    SRC is migrations, models, live, a connection URL, a .sql file or folder, or a .json snapshot.
    """
    from dataclasses import replace

    from tools import mirror, report, sources

    if models:
        project = replace(project, models=models)
    live = config.database(url, project.directory)
    wanted = [(expected or "migrations", actual or "models")]
    if expected is None and actual is None:
        wanted = [("migrations", "models")] if models or mirror.exists(project) else []
        wanted += [("migrations", "live")] if live is not None else []
        if not wanted:
            raise Trouble("nothing to compare: there is no package of models and no database: pass --models or --url")
    with sources.reader(project, settings, live=live, say=terminal.say) as reader:
        found = tuple(reader.compare(*pair) for pair in wanted)
    if format_ == "json":
        click.echo(report.as_json(report.comparisons_json(found)))
    else:
        for one in found:
            click.echo(report.comparison(one))
    return SAME if all(one.same for one in found) else DIFFERENT


@command(tools, "snapshot", example="tools snapshot --from migrations --out schema.json")
@click.option(
    "--from", "source", metavar="SRC", help="As in drift-check [default: live where configured, else migrations]."
)
@click.option("--out", type=click.Path(path_type=Path), help="The file to write [default: standard output].")
@url_option
@scratch_options
def snapshot(
    project: config.Project,
    source: str | None,
    out: Path | None,
    url: str | None,
    settings: scratch_module.Settings,
) -> int:
    """Write a catalog as JSON.

    One object a line; drift-check takes the file as a source.
    """
    from tools import __version__, catalog, sources

    live = config.database(url, project.directory)
    with sources.reader(project, settings, live=live, say=terminal.say) as reader:
        found = reader.read(source or ("live" if live is not None else "migrations"))
    text = catalog.to_json(found, tool_version=__version__)
    if out is None:
        click.echo(text, nl=False)
    else:
        terminal.write(out, text)
    return SAME


@command(tools, "scratch", example="tools scratch -- pytest")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@click.option("--empty", is_flag=True, help="Without migrations and sample data.")
@click.option("--no-seed", is_flag=True, help="Without sample data.")
@scratch_options
def scratch(
    project: config.Project,
    arguments: tuple[str, ...],
    empty: bool,
    no_seed: bool,
    settings: scratch_module.Settings,
) -> int:
    """Make a throw-away database, migrated and seeded.

    Runs a command on it, or prints its URL and keeps it until Ctrl-C.

    The command finds the database in DATABASE_URL, and its exit code is this command's.
    """
    from tools import database, migrations
    from tools import scratch as scratch_module

    steps = () if empty else scratch_module.steps_of(migrations.read(project))
    with scratch_module.cluster(settings, project=project, steps=steps) as cluster:
        url = cluster.create(template=cluster.replayed)
        if not empty and not no_seed:
            with database.connect(url, application="tools scratch") as connection:
                scratch_module.load_folder(connection, project, project.seed)
        if arguments:
            return terminal.run_command(arguments, url)
        click.echo(url)
        terminal.say("Ctrl-C ends it")
        signal.pause()
    return SAME


def _direct(project: config.Project, url: str | None) -> str:
    """Return where to migrate: not through Neon's pooler, when the environment or .env says the direct address."""
    from tools import database

    return database.direct(_database(project, url), {**config.read_dotenv(project.directory), **os.environ})


def _database(project: config.Project, url: str | None) -> str:
    found = config.database(url, project.directory)
    if found is None:
        raise Trouble("no database: pass --url or set DATABASE_URL")
    return found


def _listener(format_: str) -> Callable[[Applied], None]:
    from tools import report

    return lambda one: click.echo(report.applied_json(one) if format_ == "json" else report.applied(one))


def _notes(files: Any) -> None:
    for migration in files:
        for note in migration.up.notes:
            terminal.say(f"note: {note}")


def main() -> NoReturn:
    """Run the command line."""
    terminal.run(tools)
