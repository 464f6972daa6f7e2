"""The command that measures migrations before anybody applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import (
    ANNOTATED,
    command,
    fail_on,
    formats,
    option,
    sample_option,
    scratch_options,
    tools,
    url_option,
)
from tools.terminal import DIFFERENT, SAME

if TYPE_CHECKING:
    from tools import scratch as scratch_module


@command(tools, "lint", example="tools lint --since origin/main --format github")
@click.argument("files", nargs=-1, metavar="[FILE...]")
@url_option
@option("--since", metavar="REF", help="The files that differ from this commit.")
@fail_on("hygiene", "low", "medium", "high", default="low")
@sample_option
@option("--no-design", is_flag=True, help="Without the rules about the tables that the files have made.")
@option("--suggest", is_flag=True, help="Show the safe form of what was found, where one was measured clean.")
@option(
    "--pg",
    type=click.IntRange(15, 18),
    metavar="N",
    show_default="the database's, else that of scratch",
    help="The major version that the files are for, 15 to 18.",
)
@scratch_options
@formats(*ANNOTATED)
def lint(
    project: config.Project,
    files: tuple[str, ...],
    since: str | None,
    url: str | None,
    fail_on: str,
    no_sample: bool,
    no_design: bool,
    suggest: bool,
    pg: int | None,
    settings: scratch_module.Settings,
    format_: str,
) -> int:
    """Measure migrations on scratch, and name what would hurt.

    Each statement runs as apply would run it, on a few hundred rows: its locks, rewrites and reads are weighed with the
    size of the tables. The rows are copied from the database, which is only read, to the scratch server of this
    machine; without a database they are made up. FILE is a migration or any SQL file; the default is what is pending
    on the database, else the whole history.
    """
    from tools import lint as rules
    from tools import report, suggestions, wording

    if suggest and format_ != "text":
        raise Trouble("--suggest writes text, and no other format: leave out --format")
    live = config.database(url, project.directory)
    sampled = not no_sample and settings.url is None
    selection = rules.select(project, files, since=since, live=live, sampled=sampled)
    if not selection.wanted:
        terminal.say("none differs: name files, or another commit" if since else "nothing is pending: name files")
    found = rules.lint(project, settings, selection, major=pg)
    if not no_design:
        found = rules.with_design(project, settings, selection, found)
    terminal.answer(report.lints(found, format_, paint=terminal.painter()))
    terminal.sum_up(format_, wording.lint_summary(found))
    for scene, findings in found.scenes if suggest else ():
        for one in suggestions.suggest(project, settings, selection, scene, list(findings)):
            terminal.answer("\n" + suggestions.text(one))
    return DIFFERENT if found.fails(fail_on) else SAME
