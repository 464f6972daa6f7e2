"""The commands that prove something, or work on a throw-away database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import command, formats, scale_option, scratch_options, tools, url_option
from tools.terminal import DIFFERENT, SAME, TROUBLE

if TYPE_CHECKING:
    from tools import scratch as scratch_module


ANNOTATED = ("text", "json", "markdown", "github", "junit", "sarif")


@command(tools, "verify", example="tools verify --from 20260601 --to 20260603")
@click.argument("names", nargs=-1, metavar="[FILE|ID]...")
@click.option("--from", "first", metavar="ID", help="Try a range, each file and all as one; from this one.")
@click.option("--to", "last", metavar="ID", help="The last one of the range.")
@click.option("--no-rows", is_flag=True, help="Try on empty tables: only the catalog counts.")
@click.option(
    "--late", multiple=True, metavar="ID", help="Run this one at its place and last: the order must not matter."
)
@click.option("-u", "--url", help="A database: those of its pending files that are late are tried in both orders.")
@scratch_options
@formats(*ANNOTATED)
def verify(
    project: config.Project,
    names: tuple[str, ...],
    first: str | None,
    last: str | None,
    no_rows: bool,
    late: tuple[str, ...],
    url: str | None,
    settings: scratch_module.Settings,
    format_: str,
) -> int:
    """Prove that every migration can be taken back.

    On scratch each one goes up, down and up: the catalog must be equal each time, and no row of before may be lost;
    sql/triggers must be current. FILE and ID, of which the beginning is enough, choose some.
    """
    from tools import migrations, report, scratch, wording
    from tools import verify as verification

    steps = scratch.steps_of(migrations.read(project))
    chosen = verification.choose(steps, names, first, last)
    late_ids = verification.choose(steps, late) or ()
    late_ids += verification.late(project, url) if url else ()
    span = (first or last) is not None
    with scratch.cluster(settings) as cluster:
        found = verification.verify(
            cluster, project, steps, only=chosen, is_range=span, rows=not no_rows, late=late_ids
        )
    terminal.answer(report.verifications(found, format_))
    terminal.sum_up(format_, wording.verified(found))
    return SAME if found.good else DIFFERENT


@command(tools, "drift-check", example="tools drift-check --expected migrations --actual live")
@click.option("--expected", metavar="SRC", help="What should be [default: migrations].")
@click.option("--actual", metavar="SRC", help="What is [default: models, and live where a database is configured].")
@url_option
@click.option("--models", metavar="PACKAGE", help="The package of the models [default: models].")
@click.option("--strict", is_flag=True, help="Exit 2 where there is an object of a kind that is not compared.")
@click.option(
    "--fail-on",
    type=click.Choice(["cosmetic", "change", "breaking"]),
    default="cosmetic",
    show_default=True,
    help="Exit 1 only where a difference is as severe as this; all are shown.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Wait for a migration that runs on the database: what it changes is no drift.",
)
@click.option(
    "--sql", "is_script", is_flag=True, help="Print the script that brings the actual side back, for psql -1."
)
@click.option("--destructive", is_flag=True, help="With --sql: what loses data is not only a comment.")
@scratch_options
@formats(*ANNOTATED)
def drift_check(
    project: config.Project,
    expected: str | None,
    actual: str | None,
    url: str | None,
    models: str | None,
    strict: bool,
    fail_on: str,
    patience: float,
    is_script: bool,
    destructive: bool,
    settings: scratch_module.Settings,
    format_: str,
) -> int:
    """Compare migrations, models and databases.

    Exits 1 where they differ. What .driftignore names is left out.

    SRC is migrations, models, live, a connection URL, a .sql file or folder, or a .json snapshot.
    """
    from dataclasses import replace

    from tools import report, sources, wording

    if models:
        project = replace(project, models=models)
    live = config.database(url, project.directory)
    wanted = _wanted(project, expected, actual, live, is_named=bool(models))
    if is_script:
        wanted = [pair for pair in wanted if pair[1] != "models"]
        if len(wanted) != 1:
            raise Trouble("--sql mends a database, and there is none to compare: pass --url or --actual")
    with sources.reader(project, settings, live=live, say=terminal.say, patience=patience) as reader:
        found = tuple(reader.compare(*pair) for pair in wanted)
    for entry in reader.unused():
        terminal.say(f"note: {entry.place}: names nothing that is there: remove it: {entry.text}")
    unused = tuple(entry.place for entry in reader.unused())
    if is_script:
        terminal.answer(found[0].script(destructive=destructive))
    else:
        terminal.answer(report.comparisons(found, format_, unused=unused, paint=terminal.painter()))
        terminal.sum_up(format_, *map(wording.headline, found))
    if sentence := wording.uncompared(found):
        terminal.say(f"warning: {sentence}")
        if strict:
            return TROUBLE
    return DIFFERENT if wording.reaches(found, fail_on) else SAME


def _wanted(
    project: config.Project, expected: str | None, actual: str | None, live: str | None, *, is_named: bool
) -> list[tuple[str, str]]:
    """Return the pairs to compare: what was asked for, else all that there is."""
    from tools import mirror

    if expected is not None or actual is not None:
        return [(expected or "migrations", actual or "models")]
    wanted = [("migrations", "models")] if is_named or mirror.exists(project) else []
    wanted += [("migrations", "live")] if live is not None else []
    if not wanted:
        raise Trouble("nothing to compare: there is no package of models and no database: pass --models or --url")
    return wanted


@command(tools, "snapshot", example="tools snapshot --from migrations --out schema.json")
@click.option(
    "--from", "source", metavar="SRC", help="As in drift-check [default: live where configured, else migrations]."
)
@click.option("--out", type=click.Path(path_type=Path), help="The file to write [default: standard output].")
@click.option(
    "--estimates", is_flag=True, help="Write sql/estimates.json in its place: how large the tables are, for lint."
)
@url_option
@scratch_options
def snapshot(
    project: config.Project,
    source: str | None,
    out: Path | None,
    estimates: bool,
    url: str | None,
    settings: scratch_module.Settings,
) -> int:
    """Write a catalog as JSON.

    One object a line; drift-check takes the file as a source.
    """
    from tools import __version__, catalog, sources

    live = config.database(url, project.directory)
    if estimates:
        return _estimate(project, live, out)
    with sources.reader(project, settings, live=live, say=terminal.say) as reader:
        found = reader.read(source or ("live" if live is not None else "migrations"))
    text = catalog.to_json(found, tool_version=__version__)
    if out is None:
        click.echo(text, nl=False)
    else:
        terminal.write(out, text)
    return SAME


def _estimate(project: config.Project, live: str | None, out: Path | None) -> int:
    from tools import database, sizes

    if live is None:
        raise Trouble("no database: pass --url or set DATABASE_URL")
    with database.connect(live, application="tools snapshot") as connection:
        text = sizes.to_json(sizes.ask(connection))
    terminal.write(out or project.migrations.parent / sizes.FILE, text)
    return SAME


@command(tools, "scratch", example="tools scratch -- pytest")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@click.option("--empty", is_flag=True, help="Without migrations and sample data.")
@click.option("--no-seed", is_flag=True, help="Without sample data.")
@scale_option
@scratch_options
def scratch(
    project: config.Project,
    arguments: tuple[str, ...],
    empty: bool,
    no_seed: bool,
    scale: float | None,
    settings: scratch_module.Settings,
) -> int:
    """Make a throw-away database, migrated and seeded.

    Runs a command on it, or prints its URL and keeps it until Ctrl-C.

    The command finds the database in DATABASE_URL, and its exit code is this command's.
    """
    from tools import database, migrations, sowing
    from tools import scratch as scratch_module

    if scale and (empty or no_seed):
        raise click.UsageError("--scale makes sample data, and there is to be none", click.get_current_context())
    steps = () if empty else scratch_module.steps_of(migrations.read(project))
    filling = sowing.filling(project, scale, terminal.say) if scale else None
    with scratch_module.cluster(settings, project=project, steps=steps, filling=filling) as cluster:
        url = cluster.create(template=cluster.replayed)
        if not (empty or no_seed or scale):
            with database.connect(url, application="tools scratch") as connection:
                scratch_module.load_folder(connection, project, project.seed)
        if arguments:
            return terminal.run_command(arguments, url)
        click.echo(url)
        terminal.say("Ctrl-C ends it")
        code = terminal.await_signal()
    terminal.say("the database is gone")
    return code
