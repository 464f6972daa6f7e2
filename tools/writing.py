"""The commands that write files from a catalog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import (
    check_option,
    command,
    diff_option,
    option,
    out_option,
    scratch_options,
    source_option,
    tools,
    url_option,
)
from tools.terminal import DIFFERENT, SAME

if TYPE_CHECKING:
    from tools import scratch as scratch_module


@command(tools, "models", example="tools models --check")
@url_option
@source_option("migrations")
@out_option("DIR", "the folder of the models")
@check_option
@diff_option
@scratch_options
def models(
    project: config.Project,
    source: str,
    out: Path | None,
    check: bool,
    diff: bool,
    url: str | None,
    settings: scratch_module.Settings,
) -> int:
    """Write the package of models from a catalog.

    A module for each table and view. Files that were written by hand stay; those that were generated and have no table
    any more go.
    """
    from tools import generation, sources

    folder = out or project.directory.joinpath(*project.models.split("."))
    with sources.reader(project, settings, live=config.database(url, project.directory), say=terminal.say) as reader:
        catalog, external = reader.read(source), reader.external()
        wanted = generation.generate(catalog, folder, external=external, clone=reader.empty)
    changes = generation.compare(folder, wanted)
    if not check and not diff:
        generation.write(changes)
    for one in changes:
        word = one.change if check else one.done
        click.echo(one.difference if diff else f"{word}: {project.relative(one.path.resolve())}", nl=not diff)
    return _ended(changes, check=check, diff=diff)


@command(tools, "docs", example="tools docs --check")
@url_option
@source_option("migrations")
@out_option("FILE", "DATABASE_SCHEMA.md")
@option(
    "--html", metavar="DIR", type=click.Path(path_type=Path), help="Write a site into this folder, and not the page."
)
@check_option
@diff_option
@scratch_options
def docs(
    project: config.Project,
    source: str,
    out: Path | None,
    html: Path | None,
    check: bool,
    diff: bool,
    url: str | None,
    settings: scratch_module.Settings,
) -> int:
    """Write the documentation of a schema.

    A Markdown page from the catalog, and from the headers of migrations and queries: tables, diagrams, models, indexes,
    sample data, history, rules, queries, maintenance. Or the same as a site that is opened from its files.
    """
    from tools import gathering, generation, publishing, sources, survey

    if out and html:
        raise Trouble("write either --out or --html, and not both")
    with sources.reader(project, settings, live=config.database(url, project.directory), say=terminal.say) as reader:
        catalog = reader.read(source)
        document = survey.describe(catalog, gathering.gather(reader, catalog, source, shifts=html is not None))
    page = out or project.directory / "DATABASE_SCHEMA.md"
    changes = publishing.site(document, html) if html else publishing.page(document, page)
    if not check and not diff:
        generation.write(changes)
    for line in (one.difference for one in changes) if diff else publishing.lines(changes, project, done=not check):
        click.echo(line, nl=not diff)
    return _ended(changes, check=check, diff=diff)


@command(tools, "vendor", example="tools vendor ../app/app/db")
@click.argument("dest", type=click.Path(path_type=Path))
@check_option
@diff_option
def vendor(project: config.Project, dest: Path, check: bool, diff: bool) -> int:
    """Copy the models into an application.

    DEST becomes the package, under any name, with a manifest, vendor.json; a copy that is there is replaced at once. No
    database is asked.
    """
    from tools import vendor as copies

    if check:
        found = copies.inspect(project, dest)
        for line in found:
            click.echo(line)
        return _ended(found, check=True, diff=False)
    wanted = copies.collect(project)
    changes = copies.compare(dest, wanted)
    if changes and not diff:
        copies.write(project, dest, wanted)
    for one in changes:
        click.echo(one.difference if diff else f"{one.done}: {one.path}", nl=not diff)
    return _ended(changes, check=False, diff=diff)


def _ended(changes: Sequence[object], *, check: bool, diff: bool) -> int:
    """Say what is next, and return the exit code: 1 where something would be written."""
    if not changes:
        terminal.say("nothing to write")
        return SAME
    if check or diff:
        terminal.say(f"the same command without {'--check' if check else '--diff'} writes it")
        return DIFFERENT
    return SAME
