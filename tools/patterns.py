"""The documented access patterns: what each file of ``sql/queries`` answers, who asks, and which index serves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools import headers
from tools.config import Project
from tools.errors import Trouble
from tools.headers import Header
from tools.migrations import close_to, read_script

ROLE = re.compile(r"\bas (\w+)(?= *(?:[;,]|$))")  # "as todo_app; ..." names one, "as a role that ..." does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One documented query, and what its header says of it."""

    name: str
    file: str
    text: str
    header: Header

    @property
    def question(self) -> str:
        """Return what it answers."""
        return self.header.title

    @property
    def role(self) -> str | None:
        """Return the role that the header names; None where it only describes one."""
        match = ROLE.search(" ".join(self.header.said("who")))
        return match[1] if match else None

    @property
    def indexes(self) -> tuple[str, ...]:
        """Return the indexes that are to serve it."""
        return self.header.said("index")

    def place(self, word: str) -> str:
        """Return where the header says something under a word: file and line."""
        return f"{self.file}:{self.header.line(word)}"

    @property
    def parameters(self) -> int:
        """Return how many parameters the header describes."""
        return len(self.header.parameters)


def read(project: Project, names: tuple[str, ...] = ()) -> tuple[Pattern, ...]:
    """Read the documented queries, or those of these names."""
    folder = project.queries
    found = {path.stem: path for path in sorted(folder.glob("*.sql"))} if folder.is_dir() else {}
    if not found:
        raise Trouble(f"no queries in {project.relative(folder)}: write the first, what it answers in its first line")
    for name in names:
        if name not in found:
            meant = close_to(name, found)
            raise Trouble(
                f"no query {name} in {project.relative(folder)}"
                + (f": did you mean {meant}" if meant else ": name a file of that folder")
            )
    return tuple(_read(project, found[name]) for name in names or found)


def _read(project: Project, path: Path) -> Pattern:
    script = read_script(project, path)
    file, header = project.relative(path), headers.read(script.text)
    if not header.title:
        raise Trouble(f"{file}:1: what does it answer? write it in a comment on the first line")
    if not header.said("who"):
        raise Trouble(f"{file}:1: who asks? write -- who: the application, as ROLE")
    if header.parameters and not header.said("given"):
        raise Trouble(
            f"{file}:{header.line('$1')}: which values does it take? write -- given: select ..., a query whose first"
            " row has them, in their order"
        )
    return Pattern(name=path.stem, file=file, text=script.text, header=header)
