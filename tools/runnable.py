"""Whether a file can run as its directives say; asked before anything runs."""

from __future__ import annotations

from tools.config import Project
from tools.errors import Trouble
from tools.history import Step
from tools.migrations import Script
from tools.statements import (
    Finding,
    backslash_in_string,
    locate,
    outside_transaction,
    own_transaction,
    psql_command,
    split,
    unreadable,
)

MOVE = "move it to a file of its own that starts with -- transactional: false"


def refuse_unrunnable(project: Project, plan: tuple[Step, ...]) -> None:
    """Refuse, before anything runs, every file that cannot run as its directives say."""
    refusals = [sentence for step in plan if (sentence := _refusal(project, step.script))]
    if refusals:
        raise Trouble("\n".join(refusals))


def refuse_unprotected(project: Project, plan: tuple[Step, ...]) -> None:
    """Refuse, before anything runs, what a transaction pooler would scatter over the sessions of strangers."""
    for step in plan:
        if step.script.transactional != "true":
            raise Trouble(
                f"{project.relative(step.script.path)} runs outside a transaction, which a connection pooler cannot"
                " protect, so nothing was changed: pass the direct address with --url"
            )


def _refusal(project: Project, script: Script) -> str | None:
    if found := psql_command(script.text):
        return f"{_place(project, script, found)}: {found.words} is a command of psql: write SQL"
    if found := backslash_in_string(script.text):
        return (
            f"{_place(project, script, found)}: {found.words} is read with standard_conforming_strings on: write E'...'"
        )
    if script.transactional != "true" and (found := unreadable(script.text)):  # it cannot be cut into statements
        return f"{_place(project, script, found)}: {found.words}: close it"
    if script.transactional != "own" and (found := own_transaction(script.text)):
        return (
            f"{_place(project, script, found)}: {found.words!r}, and transactions are the runner's:"
            " delete it, or for an adopted file write -- transactional: own at the top"
        )
    if script.transactional != "false" and (found := outside_transaction(script.text)):
        alone = len(split(script.text)) == 1
        if alone and script.transactional == "own":
            return None
        way = "write -- transactional: false at the top" if alone else MOVE
        return f"{_place(project, script, found)}: {found.words} cannot run inside a transaction: {way}"
    return None


def _place(project: Project, script: Script, found: Finding) -> str:
    line, column = locate(script.text, found.start)
    return f"{project.relative(script.path)}:{line}:{column}"
