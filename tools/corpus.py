"""The values that a translated CHECK is tried with: bounds of the type, and what lies around the CHECK's constants."""

# ruff: noqa: E501 tables of values read better in long lines

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations, product

from tools import matching
from tools.predicate import Kind

BITS = {"smallint": 16, "integer": 32, "bigint": 64}
TEXTS = (
    "", " ", "  ", "a", "A", "ab", "abc", " a", "a ", "\t", "\n", "a\n", "\u00a0", "\0", "a\0b", "\ud800", "e\u0301", "\u00e9", "\u0663\u0664",
    "\u3000", "\u200b", "\ufeff", "\U0001f600", "\\", "'", '"', "%", "_", "/", "-", ".", "0", "12", "01", "ab-CD", "#00ff9A", "#00000g",
    "a@b.co", "A.b+c@x-y.org", "a b", "a_b", "a/b", "ax", "A1", "https://a.b/c", "x" * 300,
)  # fmt: skip
DAYS = (
    dt.date.min,
    dt.date(1969, 12, 31),
    dt.date(1970, 1, 1),
    dt.date(2000, 2, 29),
    dt.date(2026, 6, 15),
    dt.date.max,
)
PERIODS = (0, -1, 1, 60, 3600, 86_400, -86_400, 864_000, 40_000_000)
DOCUMENTS: tuple[object, ...] = (
    {},
    [],
    {"a": 1},
    [1, None],
    "",
    "a",
    "object",
    0,
    1.5,
    True,
    False,
    {"a": {"b": [None]}},
    [[]],
    [{}],
)
INSTANT = dt.timedelta(microseconds=1)
SEVERAL = 7
MOST = 4000  # rows of a condition of several columns


def rows(kinds: Iterable[Kind], constants: Iterable[object]) -> Iterator[tuple[object, ...]]:
    """Yield rows of values, one for each column: all that matter for one, and the first of each for several."""
    known = list(kinds)
    # by what is printed: 1, 1.0 and True are equal
    columns = [list({repr(one): one for one in values(kind, constants)}.values()) for kind in known]
    each = int(MOST ** (1 / len(known)))
    yield from product(*(column if len(known) == 1 else column[:each] for column in columns))
    if len(known) > 3:
        yield from _in_pairs([column[:SEVERAL] for column in columns])


def _in_pairs(columns: list[list[object]]) -> Iterator[tuple[object, ...]]:
    """Yield rows in which two values are none of the first, for each two columns."""
    for one, other in combinations(range(len(columns)), 2):
        for first, second in product(columns[one], columns[other]):
            row = [column[0] for column in columns]
            row[one], row[other] = first, second
            yield tuple(row)


def values(kind: Kind, constants: Iterable[object]) -> list[object]:
    """Return what to try in a column of this kind, what the constants suggest first."""
    known = list(constants)
    numbers = [one for one in known if isinstance(one, int | float | Decimal) and not isinstance(one, bool)]
    nothing: list[object] = [None] if kind.nullable else []
    return [*nothing, *_values(kind, known, numbers)]


def written(value: object, family: str = "") -> str | None:
    """Return a value as the input function of its type reads it."""
    if family == "json":
        return None if value is None else json.dumps(value)
    match value:
        case None | str():
            return value
        case bytes():
            return f"\\x{value.hex()}"
        case dt.timedelta():
            return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case list():
            return "{" + ",".join("null" if one is None else _element(str(written(one))) for one in value) + "}"
    return str(value)


def _element(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _values(kind: Kind, constants: list[object], numbers: list[int | float | Decimal]) -> Iterator[object]:
    match kind.family:
        case "integer":
            yield from _integers(kind.sql, numbers)
        case "numeric":
            steps = (0, 1, -1, Decimal("0.01"), Decimal("-0.01"), Decimal("1e-9"))
            yield from (Decimal(str(number)) + step for number in numbers for step in steps)
            yield from map(Decimal, ("0", "1", "-1", "0.5", "-0.5", "0.01", "99.99", "1e10", "-1e10", "1e-9"))
        case "float":
            for number in map(float, numbers):
                yield from (
                    number,
                    number + 1,
                    number - 1,
                    math.nextafter(number, math.inf),
                    math.nextafter(number, -math.inf),
                )
            yield from (0.0, -0.0, 1.0, -1.0, 0.1, 1e-30, -1e-30, 1e30, math.inf, -math.inf, math.nan)
        case "text" | "char" | "collated":
            yield from _texts(constants)
        case "bytes":
            yield from (b"\xff" * length for length in (0, 1, 2, *_lengths(constants)))
        case "boolean":
            yield from (True, False)
        case "uuid":
            yield from (uuid.UUID(int=0), uuid.UUID(int=1), uuid.UUID(int=2**128 - 1))
        case "enum":
            yield from kind.labels
        case "json":
            yield from DOCUMENTS
        case "array":
            yield from _lists(kind, constants)
        case _:
            yield from _times(kind.family, constants)


def _integers(sql: str, numbers: list[int | float | Decimal]) -> Iterator[int]:
    yield from (int(number) + step for number in numbers for step in (0, -1, 1))
    most = 2 ** (BITS.get(sql, 32) - 1)
    yield from (0, 1, -1, 2, 3, -2, -3, 5, 7, -7, 10, 100, most - 1, -most, most - 2, 1 - most)


def _texts(constants: list[object]) -> Iterator[str]:
    for literal in (one for one in constants if isinstance(one, str)):
        yield from matching.like(literal)
        yield from (
            literal,
            f"{literal} ",
            f" {literal}",
            f"{literal}\n",
            literal.upper(),
            literal.lower(),
            f"x{literal}y",
        )
        yield from (literal[:-1], literal.replace("%", ""), literal.replace("%", "xy").replace("_", "z"), literal * 2)
    for length, character in product(_lengths(constants), ("x", "\u00e9", "\U0001f600", "A", "7")):
        yield from (character * length, character * length + " ", " " * length)
    yield from TEXTS


def _lengths(constants: Iterable[object]) -> Iterator[int]:
    found = {int(one) for one in constants if isinstance(one, int | Decimal)}
    found |= {int(part) for one in constants if isinstance(one, str) for part in _digits(one)}
    yield from sorted({number + step for number in found for step in (-1, 0, 1) if 0 <= number + step < 3000})


def _digits(text: str) -> list[str]:
    """Return the counts in a regular expression."""
    return "".join(one if one.isascii() and one.isdigit() else " " for one in text).split()


def _lists(kind: Kind, constants: list[object]) -> Iterator[list[object]]:
    inner = list(_values(Kind(family=kind.element, sql=kind.sql.removesuffix("[]")), constants, [1, 2]))
    if not inner:
        return
    yield []
    yield [None]
    yield [inner[0], None]
    yield from ([one] for one in inner[:40])
    yield from ([inner[0], one] for one in inner[:8])
    yield from ([inner[0]] * length for length in _lengths(constants))


def _times(family: str, constants: list[object]) -> Iterator[object]:
    """Yield dates, moments and periods."""
    for one in constants:
        match one:
            case dt.datetime() | dt.timedelta():
                yield from (one, one + INSTANT, one - INSTANT)
            case dt.date():
                yield from (one, one + dt.timedelta(days=1), one - dt.timedelta(days=1))
    zone = dt.UTC if family == "moment" else None
    match family:
        case "date":
            yield from DAYS
        case "moment" | "timestamp":
            yield from (dt.datetime(day.year, day.month, day.day, tzinfo=zone) for day in DAYS)
            yield from (dt.datetime(2026, 6, 15, 12, second=second, tzinfo=zone) for second in (0, 1, 59))
        case "interval":
            yield from (dt.timedelta(seconds=seconds) for seconds in PERIODS)
            yield from (INSTANT, -INSTANT)
        case "time":
            yield from (dt.time(), dt.time(8), dt.time(12, 30, 0, 500_000), dt.time.max)
