"""The project's own word on the rules: which are off, and which objects may break one, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tools import config
from tools.config import Project
from tools.errors import Trouble
from tools.findings import Finding, Rule
from tools.ignores import glob
from tools.migrations import close_to

SECTION = "[tool.schema-tools.lint]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One entry of an allow-list."""

    rule: str
    name: str
    reason: str
    pattern: re.Pattern[str]

    def covers(self, found: Finding) -> bool:
        """Tell whether the entry is about a finding."""
        return found.rule == self.rule and self.pattern.fullmatch(found.statement or "") is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """All that the project says; `off` are the rules that nobody wants to hear of."""

    off: frozenset[str] = frozenset()
    entries: tuple[Allowance, ...] = ()


NONE = Allowances()


def read(project: Project, rules: Iterable[Rule]) -> Allowances:
    """Read the section of ``pyproject.toml``: by the id of a rule ``"off"``, or a list of names with reasons."""
    known = {rule.id for rule in rules}
    off: set[str] = set()
    entries: list[Allowance] = []
    for id_, value in config.lint(project.directory).items():
        if id_ not in known:
            close = close_to(id_, known)
            raise Trouble(
                f"pyproject.toml: no rule {id_!r} in {SECTION}"
                + (f": did you mean {close}" if close else f": the rules are {', '.join(sorted(known))}")
            )
        if value == "off":
            off.add(id_)
        elif isinstance(value, list):
            entries += [_entry(id_, one) for one in value]
        else:
            raise Trouble(
                f'pyproject.toml: {id_!r} in {SECTION} takes "off" or a list of {{name = …, reason = …}}, not {value!r}'
            )
    return Allowances(off=frozenset(off), entries=tuple(entries))


def _entry(rule: str, value: Any) -> Allowance:
    if not isinstance(value, dict) or not set(value) <= {"name", "reason"}:
        raise Trouble(f"pyproject.toml: {rule!r} in {SECTION} has {value!r}: write {{name = …, reason = …}}")
    name, reason = value.get("name"), value.get("reason")
    if not isinstance(name, str) or not name:
        raise Trouble(f'pyproject.toml: an entry of {rule!r} in {SECTION} names no object: add name = "public.…"')
    if not isinstance(reason, str) or not reason.strip():
        raise Trouble(f'pyproject.toml: {rule!r} in {SECTION} allows {name} without a reason: add reason = "…"')
    return Allowance(rule=rule, name=name, reason=reason, pattern=glob(name))
