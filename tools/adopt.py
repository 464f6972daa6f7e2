"""A database that has the schema already: its migrations are recorded as applied, once the catalogs agree."""

from __future__ import annotations

from tools import database, runner, sources
from tools.config import Project
from tools.drift import Difference
from tools.errors import Trouble
from tools.history import Step, find
from tools.runner import Applied, Options, Say


def mark(
    url: str, project: Project, options: Options, wanted: tuple[str, ...], reader: sources.Reader, *, say: Say
) -> tuple[Applied, ...]:
    """Record `wanted` as applied without running them; refuse where the database is not what they would have made."""
    steps = plan(url, project, wanted)
    if not steps:
        return ()
    found = reader.compare_after(url, steps)
    if found:
        raise Trouble(_refusal(found))
    return runner.mark(url, project, options, steps, say=say)


def plan(url: str, project: Project, wanted: tuple[str, ...]) -> tuple[Step, ...]:
    """Return the steps to record, in the order of the history; what is applied already is left out."""
    with database.connect(url, application="tools mark") as connection:
        history = runner.state(connection, project)
    chosen = {find(history, name).id for name in wanted}
    return tuple(
        Step(migration=item.migration, operation="apply")
        for item in history.items
        if item.id in chosen and item.migration is not None and item.state in ("pending", "late", "unfinished")
    )


def _refusal(found: tuple[Difference, ...]) -> str:
    shown = "\n".join(f"  {one.change} {one.kind} {one.name}" for one in found[:20])
    more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
    return (
        f"the database is not what these migrations would have made, so none was marked:\n{shown}{more}\n"
        "nothing was changed: apply them with tools apply, or mend the database first"
    )
