"""The commands that prove something, or work on a throw-away database."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import command, format_option, scratch_options, tools, url_option
from tools.terminal import DIFFERENT, SAME, TROUBLE

if TYPE_CHECKING:
    from tools import scratch as scratch_module


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
@click.option("--strict", is_flag=True, help="Exit 2 where there is an object of a kind that is not compared.")
@scratch_options
@format_option
def drift_check(
    project: config.Project,
    expected: str | None,
    actual: str | None,
    url: str | None,
    models: str | None,
    strict: bool,
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
    if sentence := report.uncompared(found):
        terminal.say(f"warning: {sentence}")
        if strict:
            return TROUBLE
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
