"""A statement that failed: where it stands in its file, what the server said, and where things stand now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors

from tools.config import Project
from tools.database import reason
from tools.errors import Trouble
from tools.message import Outcome
from tools.migrations import Script
from tools.statements import locate, split, unreadable

NOTHING = "nothing was changed"  # the state of things where all that a file did was rolled back
WIDE = 200  # characters that are shown of a line
# "COPY tasks, line 3, column title": the word for line is the server's language's
COPY_LINE = r"(?m)^COPY .+?, [^\W\d]+ (\d+)(?=[,:]|$)"


class Failed(Trouble):
    """A file that did not run to its end: `line` and `column` count from 1, `state` says where the database is now."""

    def __init__(
        self,
        *,
        path: str,
        line: int,
        column: int,
        source: str,
        message: str,
        state: str,
        detail: str | None = None,
        hint: str | None = None,
        context: str | None = None,
        sqlstate: str | None = None,
    ) -> None:
        """Keep the parts; as text they are what is shown where nobody formats them better."""
        self.path, self.line, self.column, self.source = path, line, column, source
        self.message, self.detail, self.hint, self.context = message, detail, hint, context
        self.sqlstate, self.state = sqlstate, state
        super().__init__(message)

    def follow(self, before: Sequence[str]) -> None:
        """Take into the state what the same run has done before it, file by file: ``apply`` or ``rollback``."""
        if before and self.state == NOTHING:
            done = "rolled back" if before[0] == "rollback" else "applied"
            several = f"the {len(before)} files before it are {done} and stay so"
            one = f"the file before it is {done} and stays so"
            self.state = f"{several if before[1:] else one}; of this one {NOTHING}"

    def __str__(self) -> str:
        """Return it line by line, the state last."""
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        number = f"{self.line} | "
        source, place = _around(self.source, self.column - 1)
        caret = " " * (len(number) + place) + "^"
        code = f" ({self.sqlstate})" if self.sqlstate else ""
        lines = [f"{self.path}:{self.line}:{self.column}: {self.message}{code}", number + source, caret]
        lines += [f"detail: {self.detail}"] if self.detail else []
        lines += [f"hint: {self.hint}"] if self.hint else []
        lines += [f"context: {line}" for line in (self.context or "").splitlines()[:3]]
        return [*lines, self.state]


def _around(source: str, at: int) -> tuple[str, int]:
    """Return what is shown of a line, and where the place is in it: a line of data may have a million characters."""
    if len(source) <= WIDE:
        return source, at
    start = max(0, at - WIDE // 2)
    head = "..." if start else ""
    tail = "..." if start + WIDE < len(source) else ""
    return f"{head}{source[start : start + WIDE]}{tail}", at - start + len(head)


HINTS = {
    "25001": "put it in a file of its own that starts with -- transactional: false",
    "42501": "run it as the owner, or as a role that was granted what is missing",
    "55P03": "another session holds the lock: try again later, or with more --patience",
}
# what a server says that was built without lz4 or TLS, without ICU, without libxml (NO_XML_SUPPORT in xml.c)
LACKING = ("not supported in this build", "ICU is not supported", "unsupported XML feature")


def explain(
    project: Project,
    script: Script,
    outcome: Outcome,
    *,
    statement: int,
    start: int = 0,
    state: str,
    blocker: str | None = None,
) -> Failed:
    """Say where and why a script failed.

    `statement` counts the script's statements that were done; `start` is where in the script the text that was sent
    starts. A failure before or after the script's own text points to its end.
    """
    error = outcome.error or psycopg.Error()
    diagnostic = error.diag
    message = reason(error)
    at = -1 if outcome.at is None else outcome.at + start
    if not 0 <= at <= len(script.text):
        at = _statement(script.text, statement, diagnostic.context)
    if isinstance(error, errors.SyntaxError) and (found := unreadable(script.text)):
        message, at = found.words, found.start  # the server went on reading in what the runner put behind the file
    return Failed(
        **_place(project, script, at),
        message=message,
        detail=f"held by {blocker}" if blocker and error.sqlstate == "55P03" else diagnostic.message_detail,
        hint=_hint(error, message),
        context=diagnostic.context,
        sqlstate=error.sqlstate,
        state=state,
    )


def tampered(project: Project, script: Script, *, gone: bool) -> Failed:
    """Say that a file has dropped or changed the ledger, which is seen when its row is written."""
    return Failed(
        **_place(project, script, len(script.text.rstrip())),
        message="the ledger is gone" if gone else "the ledger was changed",
        hint="a migration must leave schema_tools and the _yoyo tables alone",
        sqlstate="ST003",
        state=NOTHING,
    )


def _place(project: Project, script: Script, at: int) -> dict[str, Any]:
    """Return where a character of the file stands, and its line."""
    line, column = locate(script.text, at)
    source = _line(script.text, at)
    return {"path": project.relative(script.path), "line": line, "column": column, "source": source}


def _hint(error: psycopg.Error, message: str) -> str | None:
    """Return the way out: ours where the server is not what the file needs, the server's, or what the code means."""
    if message.startswith('extension "') and "is not available" in message:
        return (
            "install it on the server; for scratch databases take a server that has it: --scratch-bindir, --scratch-url"
        )
    if message.startswith('role "') and error.sqlstate == "42710":  # already exists
        return (
            "a role belongs to the cluster, and another database, or another scratch database, has it already: "
            "create it in a do block that catches duplicate_object, and leave it in the rollback file"
        )
    if any(words in message for words in LACKING):
        return "this server was built without it; for scratch databases take another: --scratch-bindir, --scratch-url"
    if message.endswith("statement timeout"):  # others cancel with the same code
        return "raise --statement-timeout, or the statement_timeout of this role or database"
    return error.diag.message_hint or HINTS.get(error.sqlstate or "")


def _statement(text: str, number: int, context: str | None) -> int:
    """Return where a statement starts; of a copy in whose data something is wrong, where that line does."""
    pieces = split(text)
    if not 0 <= number < len(pieces):
        return len(text.rstrip())
    data, found = pieces[number].data, re.search(COPY_LINE, context or "")
    if data is None or not found:
        return pieces[number].start
    place = int(data.start)
    for _ in range(int(found[1]) - 1):
        place = text.find("\n", place) + 1 or len(text)
    return place


def _line(text: str, offset: int) -> str:
    """Return the line that a character stands in, as wide as it is in the text."""
    start = text.rfind("\n", 0, offset) + 1
    return text[start : (text.find("\n", offset) + 1 or len(text) + 1) - 1].rstrip("\r").replace("\t", " ")
