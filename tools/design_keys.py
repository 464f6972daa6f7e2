"""The design rules about foreign keys and indexes: each key served, no index twice, and each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from tools.blueprint import Blueprint, Breach, Convention, Sheet, of, plain
from tools.findings import Risk, Rule
from tools.kinds import Constraint, Index

BACKED = ("primary key", "unique")
NOT_NULL = re.compile(r'\(*("(?:[^"]|"")+"|\w+) IS NOT NULL\)*')

# As pg_get_constraintdef() prints it (src/backend/utils/adt/ruleutils.c)
EXCLUDE = re.compile(
    r"EXCLUDE USING (?P<method>\w+) \((?P<elements>.*?)\)(?: WHERE \((?P<predicate>.*)\))?$", re.DOTALL
)
ELEMENT = re.compile(r'("(?:[^"]|"")+"|\w+) WITH =')


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An index, or the index of a constraint, as a way to the rows."""

    item: Index | Constraint
    method: str
    keys: tuple[str, ...]
    include: tuple[str, ...]
    predicate: str | None
    unique: bool
    deferrable: bool = False
    valid: bool = True

    @property
    def backs(self) -> bool:
        """Whether a constraint needs it."""
        return isinstance(self.item, Constraint)

    @property
    def promise(self) -> tuple[bool, ...]:
        """What it says of the rows: no value twice, null neither, and that at any time."""
        return self.unique, getattr(self.item, "nulls_not_distinct", False), self.deferrable

    @property
    def standing(self) -> tuple[bool, str, str]:
        """Which of two alike stays, the lesser: the primary key, a constraint's, the first by name."""
        return not self.backs, getattr(self.item, "type", ""), self.item.name


def accesses(sheet: Sheet) -> tuple[Access, ...]:
    """Return all ways to the rows of a table."""
    backed = (
        Access(
            item=one,
            method="gist" if one.period else "btree",
            keys=one.columns,
            include=one.include,
            predicate=None,
            unique=True,
            deferrable=one.deferrable,
        )
        for one in sheet.constraints
        if one.type in BACKED
    )
    plain_ = (
        Access(
            item=one,
            method=one.method,
            keys=one.keys,
            include=one.include,
            predicate=one.predicate,
            unique=one.unique,
            valid=one.valid,
        )
        for one in sheet.indexes
    )
    return (*backed, *plain_)


def _excluding(constraint: Constraint) -> Iterator[Access]:
    """Yield the index of an exclusion constraint, as far as it finds equal values: its first elements with ``=``."""
    match = EXCLUDE.match(constraint.expression or "")
    if match is None:
        return
    elements = [ELEMENT.fullmatch(one) for one in match["elements"].split(", ")]
    equal = tuple(one[1] for one in takewhile(lambda one: one is not None, elements) if one is not None)
    yield Access(
        item=constraint,
        method=match["method"],
        keys=equal,
        include=(),
        predicate=match["predicate"],
        unique=True,
    )


def _told_apart(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        if sheet.key is None:
            yield of(sheet.table, "it has no primary key: its rows cannot be told apart, nor replicated")


def _served(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        ways = [*accesses(sheet), *(way for one in sheet.constraints for way in _excluding(one))]
        for key in sheet.foreign_keys:
            if not any(_serves(way, key) for way in ways):
                columns = ", ".join(key.columns)
                yield of(key, f"no index begins with {columns}: a delete in {key.references} reads the whole table")


def _serves(way: Access, key: Constraint) -> bool:
    """Tell whether an index finds the rows of a foreign key: whole, valid, its first columns in any order."""
    first = {plain(one) for one in way.keys[: len(key.columns)]}
    return (
        way.valid
        and way.method in ("btree", "hash", "gist")
        and first == set(key.columns)
        and (way.predicate is None or _is_not_null(way.predicate, key))
    )


def _is_not_null(predicate: str, key: Constraint) -> bool:
    """Tell whether a predicate leaves out only rows whose key is null: those refer to nothing."""
    found = [NOT_NULL.fullmatch(part) for part in predicate.split(" AND ")]
    return all(match is not None and match[1] in key.columns for match in found)


def _typed(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        for key in sheet.foreign_keys:
            for own, other in zip(key.columns, key.referenced_columns, strict=True):
                here, there = sheet.labels[own], design.columns.get(f"{key.references}.{other}")
                if there and design.type(here) != design.type(there):  # what an extension brought is not read
                    yield of(key, f"{own} is {here.type}, and {key.references}.{other} is {there.type}")


def _settable(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        for key in sheet.foreign_keys:
            if key.on_delete != "set null":
                continue
            firm = [label for label in key.on_delete_columns or key.columns if not sheet.labels[label].nullable]
            if firm:
                yield of(key, f"on delete set null cannot set {', '.join(firm)}: each delete of a parent fails")


def _redundant(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        ways = [way for way in accesses(sheet) if way.valid]
        identity = sheet.table.replica_identity.removeprefix("using index ")
        for way in (one for one in ways if not one.item.name.endswith(f".{identity}")):
            better = next((other for other in ways if other is not way and _replaces(other, way)), None)
            if better is not None:
                what = "the same" if len(better.keys) == len(way.keys) else "all that it can do"
                yield of(way.item, f"{better.item.label} does {what}: each write keeps both")


def _replaces(other: Access, way: Access) -> bool:
    """Tell whether another index makes one superfluous."""
    if (other.method, other.predicate) != (way.method, way.predicate) or not _begins(other, way):
        return False
    same = len(other.keys) == len(way.keys)
    if way.unique and not (same and other.promise == way.promise):
        return False  # that it is unique is a rule of its own
    if not set(way.include) <= {*map(plain, other.keys), *other.include}:
        return False
    if way.method != "btree" and not same:
        return False
    mutual = same and other.promise == way.promise and set(other.include) <= {*map(plain, way.keys), *way.include}
    return other.standing < way.standing if mutual else not way.backs


def _begins(other: Access, way: Access) -> bool:
    """Tell whether the keys of an index begin with another's, forwards or all backwards."""
    first = other.keys[: len(way.keys)]
    return first == way.keys or first == tuple(_reversed(key) for key in way.keys)


def _reversed(key: str) -> str:
    """Return a key in the other direction.

    >>> _reversed("a"), _reversed("a desc"), _reversed("a desc nulls last")
    ('a desc', 'a', 'a nulls first')
    """
    base = plain(key)
    rest = key.removeprefix(base)
    turned = {
        "": " desc",
        " desc": "",
        " nulls first": " desc nulls last",
        " desc nulls last": " nulls first",
    }
    return base + turned.get(rest, rest)


def _valid(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        for index in sheet.indexes:
            if not index.valid:
                yield of(index, "it is not valid: no query uses it, and each write keeps it")


def _reasoned(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        for index in sheet.indexes:
            if not design.comments.get(index.key, "").strip():
                yield of(index, "no comment says which query needs it")


def _rule(id_: str, risk: Risk, reason: str, instead: str) -> Rule:
    return Rule(id=id_, class_="design", risk=risk, reason=reason, instead=instead)


CONVENTIONS = (
    Convention(
        rule=_rule(
            "table-without-primary-key",
            "medium",
            "a row that cannot be named can be neither changed alone nor replicated",
            "id uuid not null default gen_random_uuid() primary key",
        ),
        look=_told_apart,
    ),
    Convention(
        rule=_rule(
            "foreign-key-without-index",
            "medium",
            "a delete or an update of the parent's key reads the whole child, once for each row",
            "create index on t (the columns of the key, first), without a predicate but `is not null`",
        ),
        look=_served,
    ),
    Convention(
        rule=_rule(
            "foreign-key-of-other-type",
            "medium",
            "two types compare through a cast, and what fits into one may not fit into the other",
            "give the column the type of what it refers to",
        ),
        look=_typed,
    ),
    Convention(
        rule=_rule(
            "set-null-on-not-null",
            "medium",
            "the action promises what the column refuses",
            "on delete cascade or restrict; or a column that may be null",
        ),
        look=_settable,
    ),
    Convention(
        rule=_rule(
            "redundant-index",
            "low",
            "an index that another one replaces costs each write, memory and vacuum, and serves nothing",
            "drop index concurrently",
        ),
        look=_redundant,
    ),
    Convention(
        rule=_rule(
            "invalid-index",
            "medium",
            "it is what a broken concurrent build left",
            "drop index concurrently, and build it again",
        ),
        look=_valid,
    ),
    Convention(
        rule=_rule(
            "index-without-reason",
            "low",
            "nobody dares to drop an index of which nobody knows why it is there",
            "comment on index i is 'Which query it serves.'",
        ),
        look=_reasoned,
    ),
)
