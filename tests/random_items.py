"""What a random schema is made of: items that need each other, and how each may change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
NAMES = ("plain{}", "Mixed{}", "with space{}", 'quo"te{}', "ünicode{}", "dollar${}")
# A type with two defaults for it, and checks that mean something
TYPES = {
    "integer": (("1", "-2"), ("{} > 0", "{} between 1 and 9 and {} <> 5", "{} in (1, 2, 3) or {} is null")),
    "bigint": (("1", "(2 + 3)"), ("{} <> 0", "not ({} between 3 and 4 or {} = 7)")),
    "numeric(10,2)": (("0.5", "'-1'"), ("{} >= 0.01", "abs({}) < 10")),
    "text": (("'a'", "'it''s'"), ("{} <> ''", "length({}) between 1 and 9 and {} !~ 'x'", "{} like 'a%%'")),
    "character varying(20)": (("'a'", "upper('b')"), ("{} in ('a', 'b')", "{} <> all (array['x', 'y'])")),
    "boolean": (("true", "not true"), ("{} is not false",)),
    "timestamp with time zone": (("now()", "'2026-01-01 00:00:00+02'"), ("{} > '2000-01-01 00:00:00+00'",)),
    "date": (("current_date", "'2026-02-03'"), ("{} <> '2026-01-01'", "extract(year from {}) > 1999")),
    "interval": (("'1 day 2 hours'", "'-3 mons'"), ("{} > '1 second'",)),
    "jsonb": (("'{{}}'", "jsonb_build_array(1)"), ("{} ? 'a'", "jsonb_typeof({}) = 'object'")),
    "uuid": (("gen_random_uuid()", "'00000000-0000-0000-0000-000000000001'"), ("{} is not null",)),
    "integer[]": (("'{{1,2}}'", "array[3]"), ("cardinality({}) < 5", "{}[1] = any ({})")),
    "double precision": (("1.5", "'infinity'"), ("{} = {}",)),
    "bytea": (("'\\x00'", "'abc'::bytea"), ("octet_length({}) < 99",)),
    "character(3)": (("'abc'", "'x'"), ("{} in ('abc', 'x')",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A statement, and the one difference that it makes."""

    sql: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to create once what it needs is there, and how it may change."""

    key: str
    sql: str
    needs: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()


@dataclass(slots=True, kw_only=True)
class Column:
    """A column of a table to come; `is_used` where something else looks at it."""

    name: str
    type: str
    is_null: bool
    is_used: bool = False


@dataclass(slots=True, kw_only=True)
class Table:
    """A table to come."""

    name: str
    space: str
    label: str
    columns: list[Column]
    key: Column
    partitions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Garden:
    """What was drawn so far."""

    draw: Draw
    items: list[Item] = field(default_factory=list)
    spaces: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    count: int = 0

    def name(self) -> str:
        """Return a new name, as PostgreSQL spells it."""
        self.count += 1
        return quoted(self.pick(NAMES).format(self.count))

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(choices))

    def flip(self) -> bool:
        return bool(self.draw(st.booleans()))

    def times(self, most: int, least: int = 0) -> range:
        return range(self.draw(st.integers(least, most)))

    def add(self, key: str, sql: str, needs: Iterable[str] = (), changes: Iterable[Change] = ()) -> None:
        self.items.append(Item(key=key, sql=sql, needs=frozenset(needs), changes=tuple(changes)))

    def comment(self, kind: str, name: str, spelled: str) -> None:
        """Comment on something, or only offer to do so."""
        said = f"comment on {spelled} is "
        if self.flip():
            key = f"comment {kind} {name}"
            self.add(key, f"{said}'as ''drawn'''", {f"{kind} {name}"}, (
                Change(sql=f"{said}'another'", head=f"changed {key}"), Change(sql=f"{said}null", head=f"missing {key}"),
            ))  # fmt: skip


def ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items so that each one comes after what it needs."""
    waiting = list(items)
    done: dict[str, Item] = {}
    while waiting:
        item = next(item for item in waiting if item.needs <= done.keys())
        done[item.key] = item
        waiting.remove(item)
    return tuple(done.values())


def quoted(name: str) -> str:
    """Return the name as PostgreSQL spells it."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'
