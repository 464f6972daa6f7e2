"""The command that looks at a database at work, and says what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools import config, terminal
from tools.errors import Trouble
from tools.options import command, formats, tools, url_option
from tools.terminal import DIFFERENT, SAME

if TYPE_CHECKING:
    from tools.findings import Risk


@command(tools, "advise", example="tools advise --url postgresql://monitor@db.example.com/todo")
@url_option
@click.option(
    "--fail-on",
    type=click.Choice(["low", "medium", "high"]),
    default="high",
    show_default=True,
    help="Exit 1 only where a finding is as grave as this; all are shown.",
)
@formats("text", "json", "markdown", "github", "junit", "sarif")
def advise(project: config.Project, url: str | None, fail_on: Risk, format_: str) -> int:
    """Look at a database at work, and advise; reads only.

    Indexes, bloat, vacuum, wraparound, partitions, sequences, statements, sessions, settings: each finding with its
    numbers, the statement that helps, and what that costs. With the rights of pg_monitor it sees most of it, with fewer
    it says what it did not see. docs/advise.md has the rules.
    """
    from tools import advisor, report, wording

    target = config.database(url, project.directory)
    if target is None:
        raise Trouble("no database: pass --url or set DATABASE_URL")
    found = advisor.advise(target)
    terminal.answer(report.counsels(found, format_, paint=terminal.painter()))
    terminal.sum_up(format_, wording.counsel(found))
    return DIFFERENT if found.reaches(fail_on) else SAME
