"""The documented access patterns: what each file of ``sql/queries`` answers, who asks, and which index serves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.config import Project
from tools.errors import Trouble
from tools.migrations import close_to, read_script

FACT = re.compile(r"^(who|note|index|given|\$\d+): *(.*)$")
ROLE = re.compile(r"\bas (\w+)(?= *(?:[;,]|$))")  # "as todo_app; ..." names one, "as a role that ..." does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a line of the header says, its continuations joined."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One documented query; `given` is a query whose first row has the values of its parameters."""

    name: str
    file: str
    text: str
    question: str
    facts: tuple[Fact, ...]

    @property
    def role(self) -> str | None:
        """Return the role that the header names; None where it only describes one."""
        match = ROLE.search(" ".join(self.said("who")))
        return match[1] if match else None

    @property
    def indexes(self) -> tuple[str, ...]:
        """Return the indexes that are to serve it."""
        return self.said("index")

    def said(self, name: str) -> tuple[str, ...]:
        """Return what the header says under a name."""
        return tuple(fact.text for fact in self.facts if fact.name == name)

    def line(self, name: str) -> int:
        """Return the line of a fact, else the first."""
        return next((fact.line for fact in self.facts if fact.name == name), 1)

    @property
    def parameters(self) -> int:
        """Return how many parameters the header describes."""
        return sum(fact.name.startswith("$") for fact in self.facts)


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
                f"no query {name} in {project.relative(folder)}" + (f": did you mean {meant}?" if meant else "")
            )
    return tuple(_read(project, found[name]) for name in names or found)


def _read(project: Project, path: Path) -> Pattern:
    script = read_script(project, path)
    file = project.relative(path)
    facts = _facts(script.text)
    if not facts or facts[0].name:
        raise Trouble(f"{file}:1: what does it answer? write it in a comment on the first line")
    pattern = Pattern(name=path.stem, file=file, text=script.text, question=facts[0].text, facts=facts[1:])
    if not pattern.said("who"):
        raise Trouble(f"{file}:1: who asks? write -- who: the application, as ROLE")
    if pattern.parameters and not pattern.said("given"):
        raise Trouble(
            f"{file}:{pattern.line('$1')}: which values does it take? write -- given: select ..., a query whose first"
            " row has them, in their order"
        )
    return pattern


def _facts(text: str) -> tuple[Fact, ...]:
    """Return the facts of the comment at the top; the first one, which has no name, is the question."""
    facts: list[Fact] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("--"):
            break
        said = line.removeprefix("--").strip()
        match = FACT.match(said)
        if match or not facts:
            name, rest = (match[1], match[2]) if match else ("", said)
            facts.append(Fact(name=name, text=rest, line=number))
        else:
            last = facts[-1]
            facts[-1] = Fact(name=last.name, text=f"{last.text} {said}", line=last.line)
    return tuple(facts)
