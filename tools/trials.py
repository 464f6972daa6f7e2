"""The commands that fill databases, and try the documented queries on what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import (
    ANNOTATED,
    command,
    formats,
    option,
    scale_option,
    scratch_options,
    tools,
    url_option,
    yes_option,
)
from tools.terminal import DIFFERENT, SAME

if TYPE_CHECKING:
    from tools import scratch as scratch_module


@command(tools, "seed", example="tools seed --scale 0.1 --yes")
@url_option
@scale_option
@yes_option
def seed(project: config.Project, url: str | None, scale: float | None, yes: bool) -> int:
    """Fill a database with sample data.

    Without --scale it is that of sql/seed, which people read. With --scale every table is filled by the server: many
    rows, skewed, within all constraints, the same each time. A table that has rows is refused; all is one transaction.
    """
    from tools import database, samples, seeding, sowing, wording

    target = config.needed(url, project.directory)
    hints = seeding.read_hints(project)
    with (
        database.connect(target, application="tools seed") as connection,
        database.explained("fill the tables", target),
    ):
        tables = samples.tables(project) if scale is None else sowing.tables(connection)
        if not tables:
            raise Trouble(f"{database.describe(target)} has no tables: make them first: tools apply")
        held = sowing.holding(connection, tables)
        if held:
            names = ", ".join(held[:3]) + (f" and {len(held) - 3} more" if len(held) > 3 else "")
            raise Trouble(
                f"{database.describe(target)} has rows in {names}: seed one without, as tools scratch --no-seed makes"
            )
        if not yes:
            terminal.confirm(f"fill {wording.counted(len(tables), 'table')} of {database.describe(target)}?")
        if scale is None:
            samples.load(connection, project)
        else:
            sowing.fill(connection, hints, scale=scale, say=terminal.say)
    terminal.say(f"filled {wording.counted(len(tables), 'table')}")
    return SAME


@command(tools, "explain", example="tools explain list_tasks search_tasks")
@click.argument("names", nargs=-1, metavar="[QUERY...]")
@scale_option
@option("--check", is_flag=True, help="Exit 1, too, where a plan is not the one that is kept beside the query.")
@option("--write", is_flag=True, help="Keep the plans, in the folder plans beside the queries.")
@scratch_options
@formats(*ANNOTATED)
def explain(
    project: config.Project,
    names: tuple[str, ...],
    scale: float | None,
    check: bool,
    write: bool,
    settings: scratch_module.Settings,
    format_: str,
) -> int:
    """Show which index serves each documented query.

    Each runs on scratch, on large data (--scale 1 if nothing is said), in the role that its header names. Exits 1 where
    a query reads a large table from end to end or does without the index that it names, and where an index serves no
    query, no constraint and no foreign key.
    """
    from tools import coverage, explanations, goldens

    found = coverage.examine(project, settings, names, scale=scale or 1.0, say=terminal.say)
    shapes = {one.pattern.name: one.plan.shape for one in found.explained}
    changes = goldens.compare(project, shapes, found.major, whole=not names) if check or write else ()
    if write:
        goldens.write(changes)
        for one in changes:
            terminal.say(f"{'removed' if one.text is None else 'written'}: {project.relative(one.path)}")
        if not changes:
            terminal.say("nothing to write")
    stale = () if write else goldens.findings(project, changes)
    terminal.answer(explanations.shown(found, stale, format_))
    terminal.sum_up(format_, explanations.summary(found))
    return DIFFERENT if found.findings or stale else SAME
