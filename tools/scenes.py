"""What a rule looks at: a file, what each statement did, the catalogs around it, and how large tables are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tools import tree
from tools.catalog import Catalog
from tools.drift import Difference
from tools.effects import Effect, Impact
from tools.findings import Class, Finding, Risk, Rule
from tools.measure import Measurement
from tools.migrations import Script
from tools.sizes import Sizes
from tools.statements import brief, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One file, measured. `differences` hold the catalog before it against the one after it: missing is dropped.

    `broken` are the tables that took a write before the file and refuse it after, with the server's reason; `queries`
    are those of the release that fail after it, or answer other columns. `in_history`: the file is one of the
    migrations, and its header is looked at. `major` is the PostgreSQL that it is for.
    """

    script: Script
    measurement: Measurement
    before: Catalog
    after: Catalog
    differences: tuple[Difference, ...] = field(default=(), repr=False)
    sizes: Sizes = field(default_factory=Sizes)
    broken: tuple[tuple[str, str], ...] = ()
    queries: tuple[tuple[str, str], ...] = ()
    in_history: bool = False
    major: int = 0

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What each statement did."""
        return self.measurement.effects

    @property
    def contracts(self) -> bool:
        """Whether the file says that it takes away what no release uses any more."""
        return self.script.phase == "contract"

    @property
    def renamed(self) -> frozenset[str]:
        """Return the old names, their last parts, of what the file renames or moves to another schema."""
        moved = ("RenameStmt", "AlterObjectSchemaStmt")
        return frozenset(tree.old_name(one.node) for one in self.effects if tree.word(one.node) in moved)

    def large(self, effect: Effect) -> Iterator[Impact]:
        """Yield the impacts of a statement on tables whose size is noticed."""
        yield from (one for one in effect.impacts if self.sizes.is_large(one.relation))

    def about(self, name: str) -> Effect:
        """Return the last statement that names an object by the last part of its name, else the last of all."""
        word = re.compile(rf"(?<![\w$]){re.escape(tree.bare(name))}(?![\w$])", re.IGNORECASE)
        named = [effect for effect in self.effects if word.search(effect.statement.text)]
        return (named or list(self.effects))[-1]

    def had(self, table: str) -> bool:
        """Tell whether a table was there before the file."""
        return any(one.name == table for one in self.before.tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A statement that breaks a rule, and what is said of it."""

    effect: Effect
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule, and how it is found in a scene."""

    rule: Rule
    find: Callable[[Scene], Iterator[Hit]]


def rule(id_: str, risk: Risk, *, reason: str, instead: str, class_: Class = "hazard") -> Rule:
    """Return a rule of a migration; most are hazards."""
    return Rule(id=id_, class_=class_, risk=risk, reason=reason, instead=instead)


def finding(path: str, script: Script, broken: Rule, hit: Hit) -> Finding:
    """Return a hit as a finding in its file."""
    line, _ = locate(script.text, hit.effect.statement.start)
    return Finding(
        rule=broken.id,
        class_=broken.class_,
        risk=broken.risk,
        file=path,
        line=line,
        statement=brief(hit.effect.statement.text),
        message=hit.message,
        instead=broken.instead,
        measured=hit.effect.measured,
    )
