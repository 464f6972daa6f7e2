"""The commands that prove something, or work on a throw-away database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tools import config, files, terminal
from tools.errors import Trouble
from tools.options import (
    ANNOTATED,
    command,
    fail_on,
    formats,
    option,
    out_option,
    patience_option,
    scale_option,
    scratch_options,
    source_option,
    tools,
    url_option,
)
from tools.terminal import DIFFERENT, SAME, TROUBLE

if TYPE_CHECKING:
    from tools import scratch as scratch_module


@command(tools, "verify", example="tools verify --from 20260601 --to 20260603")
@click.argument("names", nargs=-1, metavar="[FILE|ID]...")
@option(
    "-u",
    "--url",
    metavar="URL",
    help="A database: those of its pending files that are late are tried in both orders.",
)
@option("--from", "first", metavar="ID", help="The first of a range, which is tried file by file and as one.")
@option("--to", "last", metavar="ID", help="The last of the range.")
@option("--no-rows", is_flag=True, help="Try on empty tables: only the catalog counts.")
@option("--late", multiple=True, metavar="ID", help="Run this one at its place and last: the order must not matter.")
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
    terminal.answer(report.verifications(found, format_, paint=terminal.painter()))
    terminal.sum_up(format_, wording.verified(found))
    return SAME if found.good else DIFFERENT


@command(tools, "drift-check", example="tools drift-check --expected migrations --actual live")
@url_option
@option("--expected", metavar="SRC", show_default="migrations", help="What should be.")
@option("--actual", metavar="SRC", show_default="models, and live where a database is configured", help="What is.")
@option("--models", metavar="PACKAGE", show_default="models", help="The package of the models.")
@option("--strict", is_flag=True, help="Exit 2 where there is an object of a kind that is not compared.")
@fail_on("cosmetic", "change", "breaking", default="cosmetic")
@option("--sql", "is_script", is_flag=True, help="Print the script that brings the actual side back, for psql -1.")
@option("--destructive", is_flag=True, help="With --sql: what loses data is a statement, too, and not only a comment.")
@patience_option(60)
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

    if destructive and not is_script:
        raise Trouble("a report destroys nothing: pass --sql with --destructive")
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
    way_out = " yet" if any(one.pending for one in found) else ": remove it"
    for entry in reader.unused():
        terminal.say(f"note: {entry.place}: names nothing that is there{way_out}: {entry.text}")
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
@url_option
@source_option(None, words="live where a database is configured, else migrations")
@out_option("FILE", "standard output")
@option("--estimates", is_flag=True, help="Write sql/estimates.json in its place: how large the tables are, for lint.")
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
    if estimates and source is not None:
        raise Trouble("sizes are those of a database: pass --url, and no --from, with --estimates")
    if estimates:
        return _estimate(project, config.needed(url, project.directory), out)
    with sources.reader(project, settings, live=live, say=terminal.say) as reader:
        found = reader.read(source or ("live" if live is not None else "migrations"))
    text = catalog.to_json(found, tool_version=__version__)
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(project, out, text)
    return SAME


def _estimate(project: config.Project, live: str, out: Path | None) -> int:
    from tools import database, sizes

    with database.connect(live, application="tools snapshot") as connection:
        text = sizes.to_json(sizes.ask(connection))
    _write(project, out or project.migrations.parent / sizes.FILE, text)
    return SAME


def _write(project: config.Project, path: Path, text: str) -> None:
    files.write(path, text)
    terminal.say(f"written: {project.relative(path.resolve())}")


@command(tools, "scratch", example="tools scratch -- pytest")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@option("--empty", is_flag=True, help="With the tables of sql/external only: no migrations, no sample data.")
@option("--no-seed", is_flag=True, help="Without sample data.")
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

    The command finds the database in DATABASE_URL, and the scratch server's psql where there is no other; its exit
    code is this command's.
    """
    from tools import database, migrations, sowing
    from tools import scratch as scratch_module

    if scale and (empty or no_seed):
        raise Trouble("--scale makes sample data, and there is to be none: leave out --empty and --no-seed")
    steps = () if empty else scratch_module.steps_of(migrations.read(project))
    filling = sowing.filling(project, scale, terminal.say, kept=settings.url is None) if scale else None
    with scratch_module.cluster(settings, project=project, steps=steps, filling=filling) as cluster:
        url = cluster.create(template=cluster.replayed)
        if not (empty or no_seed or scale):
            with database.connect(url, application="tools scratch") as connection:
                scratch_module.load_folder(connection, project, project.seed)
        if arguments:
            return terminal.run_command(arguments, url, cluster.programs)
        click.echo(url)
        terminal.say("Ctrl-C ends it")
        code = terminal.await_signal()
    terminal.say("the database is gone")
    return code
