"""The command that looks at a database at work, and says what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools import config, terminal
from tools.options import ANNOTATED, command, fail_on, formats, tools, url_option
from tools.terminal import DIFFERENT, SAME

if TYPE_CHECKING:
    from tools.findings import Risk


@command(tools, "advise", example="tools advise --url postgresql://monitor@db.example.com/todo")
@url_option
@fail_on("low", "medium", "high", default="high")
@formats(*ANNOTATED)
def advise(project: config.Project, url: str | None, fail_on: Risk, format_: str) -> int:
    """Look at a database at work, and advise; reads only.

    Indexes, bloat, vacuum, wraparound, partitions, sequences, statements, sessions, settings: each finding with its
    numbers, the statement that helps, and what that costs. With the rights of pg_monitor it sees most of it, with fewer
    it says what it did not see. docs/advise.md has the rules.
    """
    from tools import advisor, report, wording

    found = advisor.advise(config.needed(url, project.directory))
    terminal.answer(report.counsels(found, format_, paint=terminal.painter()))
    terminal.sum_up(format_, wording.counsel(found))
    return DIFFERENT if found.reaches(fail_on) else SAME
