"""Values around the bounds of each type, and around the constants of each CHECK: the same ones in every run."""

# ruff: noqa: E501 tables of values read better in long lines

from __future__ import annotations

import datetime as dt
import ipaddress
import itertools
import re
import uuid
from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from typing import Any, cast

from sqlalchemy.dialects.postgresql import Range

INF, NAN = float("inf"), float("nan")
LATE, EARLY = dt.datetime.max, dt.datetime.min
ZONES = [dt.UTC, dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))]
NOON = dt.datetime(2026, 6, 15, 12, 0, 0, 999_999)

TEXTS = [
    "", " ", "  ", "a", "A", "ab", "abc", " a", "a ", "a  ", "abcd ", "abcde   ", "abcdef", "\t", "\n", "a\n", "\u00a0", "\0", "a\0b",
    "\ud800", "\udfff", "\ud83d\ude00", "e\u0301", "\u00e9", "\u0663", "\u1680", "\u3000", "\u200b", "\ufeff", "\uffff", "\U0001f600", "\U0001f600" * 5, "\\", "'", '"',
    "%", "_", "/", "{}", "null", "NULL", "1", "01", "x" * 300,
]  # fmt: skip
INTEGERS = [
    0, 1, -1, *(sign * 2**bits + step for bits in (15, 31, 32, 63, 64) for sign in (1, -1) for step in (-1, 0, 1)),
    10**20, "1", " 1 ", "1_000", "", "1.0", 1.0, 1.5, NAN, INF, True,
]  # fmt: skip
DECIMALS = [
    *(Decimal(text) for text in (
        "0", "-0", "1", "0.5", "1.5", "0.005", "0.004", "999", "999.4", "999.5", "999.99", "999.994", "999.995", "999.999", "1000",
        "-999.995", "99999", "99949", "99950", "0.00099", "0.000994", "0.000995", "0.001", "1e-46", "1e-16383", "1e-16384",
        "1e-20000", "1e131071", "1e131072", "1e200000", "NaN", "-NaN", "sNaN", "Infinity", "-Infinity", "2.00001",
    )),
    "1.5", "x", "", 0.1, 1, NAN, INF,
]  # fmt: skip
FLOATS = [
    0.0, -0.0, 1.0, 0.1, 1.5, 3.4028234663852886e38, 3.4028235677973366e38, 3.5e38, 1e39, -1e39, 1.4e-45, 7e-46, 7.1e-46, 1e-46, -1e-46, 5e-324,
    1.7976931348623157e308, INF, -INF, NAN, 1, 2**63, 10**308, "1.5", "", "x",
]  # fmt: skip
DATES = [
    dt.date.min, dt.date.max, NOON.date(), dt.date(2000, 2, 29), NOON, dt.datetime(2026, 6, 15), "2026-06-15", "", "infinity",
]  # fmt: skip
MOMENTS = [
    *(moment.replace(tzinfo=zone) for moment in (EARLY, LATE, NOON, dt.datetime(1900, 1, 1)) for zone in (None, *ZONES)),
    "2026-06-15T12:00:00Z", "2026-06-15T12:00:00", "2026-06-15", "", "infinity", "now", 0, 1e12,
]  # fmt: skip
TIMES = [
    dt.time.min, dt.time.max, dt.time(12, 30, 0, 500_000), *(dt.time(23, 59, 59, 999_999, tzinfo=zone) for zone in ZONES),
    dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(hours=23, minutes=59))), "12:00", "24:00", "", "12:00Z",
    dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(hours=15, minutes=59))), dt.time(1, 2, tzinfo=dt.timezone(-dt.timedelta(hours=16))),
]  # fmt: skip
INTERVALS = [
    dt.timedelta.min, dt.timedelta.max, dt.timedelta(0), dt.timedelta(microseconds=-1), dt.timedelta(days=1), dt.timedelta(days=400), "P1D", "1 mon", "", 1.5,
]  # fmt: skip
ADDRESSES = [
    *map(ipaddress.ip_interface, ("1.2.3.4", "1.2.3.4/24", "::1", "::1/64", "fe80::1%eth0")),
    *map(ipaddress.ip_address, ("255.255.255.255", "::ffff:1.2.3.4", "fe80::1%eth0")),
    *map(ipaddress.ip_network, ("10.0.0.0/8", "0.0.0.0/0", "::/0", "fe80::%eth0/64")),
    "1.2.3.4", "01.2.3.4", "1.2.3", "10.0.0.1/8", "10/8", "", "fe80::1%eth0", "::1/129", 1, 2**32, 2**128,
]  # fmt: skip
HARDWARE = [
    "08:00:2b:01:02:03", "08-00-2b-01-02-03", "08002b:010203", "08002b010203", "0800.2b01.0203", "0800-2b01-0203",
    "08:00:2B:01:02:03", " 08:00:2b:01:02:03 ", "08:00:2b:01:02:03:04:05", "08:00:2b:01:02", "8:0:2b:1:2:3", "08:00-2b:01:02:03", "08:00:2b:01:02:0g",
    "08002b0102030405", "08:00:2b:01:02:03:04", "\u0660\u0668:00:2b:01:02:03", "08:00:2b:01:02:03\n", "",
]  # fmt: skip
BITS = [
    "",
    "0",
    "1",
    "101",
    "010",
    "1010",
    "11",
    "102",
    " 101",
    "101 ",
    "b101",
    "B101",
    "x5",
    "xf",
    "\u0661\u0660\u0661",
    "101\n",
    "1" * 300,
]
DEEP: Any = reduce(lambda inner, _: [inner], range(500), cast(Any, []))
JSON: list[Any] = [
    {}, [], {"a": 1}, [1, None], "", "a", "\0", "\ud800", 0, 1.5, -0.0, 2.95e82, 1e308, 5e-324, 2**70, True, NAN, INF, {"\0": 1}, {"a": "\0"}, {"a": ["\ud800"]}, {"\ud800": 1},
    {"a": {"b": [NAN]}}, {"a": "\\u0000"}, {"": ""}, {1: 2}, {"a": {1, 2}}, [(1, 2)], 10**400,
    DEEP,
]  # fmt: skip
BYTES: list[Any] = [
    b"",
    b"\0",
    b"\xff" * 3,
    b"\xff" * 4,
    b"\xff" * 5,
    "00",
    "0g",
    "000",
    "00000000",
    "\\x00",
    "\u0660\u0660",
    "00 00",
    1,
]
BOOLEANS = [True, False, 0, 1, 2, "t", "true", "TRUE", "yes", "off", "tr", "", " true ", 1.0]
UUIDS = [
    uuid.UUID(int=0),
    uuid.UUID(int=2**128 - 1),
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "{a0eebc999c0b4ef8bb6d6bb9bd380a11}",
    "a0eebc99",
    "",
    1,
]

# by the name of the type without length and precision
VALUES: dict[str, list[Any]] = {
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), INTEGERS),
    "numeric": DECIMALS,
    **dict.fromkeys(("real", "double precision"), FLOATS),
    **dict.fromkeys(("text", "character varying", "character", "citext"), TEXTS),
    "bytea": BYTES,
    "boolean": BOOLEANS,
    "uuid": UUIDS,
    "date": DATES,
    **dict.fromkeys(("timestamp without time zone", "timestamp with time zone"), MOMENTS),
    **dict.fromkeys(("time without time zone", "time with time zone"), TIMES),
    "interval": INTERVALS,
    **dict.fromkeys(("inet", "cidr"), ADDRESSES),
    **dict.fromkeys(("macaddr", "macaddr8"), HARDWARE),
    **dict.fromkeys(("bit", "bit varying"), BITS),
    **dict.fromkeys(("json", "jsonb"), JSON),
}
RANGES: dict[str, list[Any]] = {
    "int4range": [0, 1, 5, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1],
    "int8range": [0, 1, 2**63 - 1, 2**63, -(2**63)],
    "numrange": [Decimal(text) for text in ("0", "1.5", "1e131071", "1e131072", "NaN")],
    "daterange": [dt.date.min, NOON.date(), dt.date.max],
    "tsrange": [EARLY, NOON, LATE, NOON.replace(tzinfo=dt.UTC)],
    "tstzrange": [moment.replace(tzinfo=zone) for moment in (EARLY, NOON, LATE) for zone in ZONES] + [NOON],
}


def values(type_: str, checks: str, labels: list[str]) -> list[Any]:
    """Return the values to try for a type as format_type() prints it, with the text of the CHECKs about the column."""
    if type_.endswith("[]"):
        return list(_arrays(values(type_.removesuffix("[]"), checks, labels), checks))
    name = re.sub(r"\([^)]*\)", "", type_)
    if name in RANGES:
        return list(_ranges(RANGES[name]))
    plain = [*labels, *TEXTS, None] if labels else [*VALUES.get(name, [*INTEGERS, *TEXTS]), None]
    return [*plain, *_mined(name, f"{type_} {checks}")]


def _arrays(elements: list[Any], checks: str) -> Iterator[Any]:
    yield from ([], None, "", {}, [[elements[0]], [elements[1]]])
    # an empty list in a list is no element of JSON but an empty array, and what becomes of it depends on the version
    yield from ([element] for element in elements if element != [])
    yield from ([elements[0], element] for element in elements[:5])
    for number in _numbers(checks):
        yield from ([elements[0]] * length for length in _around(number) if 0 <= length < 1000)


def _ranges(bounds: list[Any]) -> Iterator[Any]:
    yield from (Range(empty=True), Range(None, None), None, "", {"lower": 1})
    for kind in ("[)", "[]", "(]", "()"):
        yield from (Range(lower, upper, bounds=kind) for lower, upper in itertools.product([None, *bounds], repeat=2))


def _mined(name: str, text: str) -> Iterator[Any]:
    """Yield what lies around the numbers and strings that a type or a CHECK names."""
    for number in _numbers(text):
        around = _around(number)
        if name in ("smallint", "integer", "bigint", "oid"):
            yield from around
        elif name == "numeric":
            yield from (Decimal(one) for one in around)
            yield from (Decimal(str(number)) + step for step in (Decimal("-0.01"), 0, Decimal("0.01"), Decimal("1e-9")))
        elif name in ("real", "double precision"):
            yield from (float(number) + step for step in (-1, -1e-9, 0, 1e-9, 1))
        elif name == "bytea":
            yield from (b"\xff" * length for length in around if 0 <= length < 10_000)
        elif name in VALUES and VALUES[name] is TEXTS:
            for length, character in itertools.product(around, ("x", "\u00e9", "\U0001f600")):
                if 0 <= length < 10_000:
                    yield from (character * length, character * length + " ", " " * length)
    if VALUES.get(name) is TEXTS:
        for found in re.findall(r"'((?:[^']|'')*)'", text):
            literal = found.replace("''", "'")
            yield from (literal, f"{literal} ", f" {literal}", f"{literal}\n", literal.upper(), f"x{literal}y")
        yield from ("abc", "ab-CD", "abcd", "#00ff9A", "#00000g", "#00ff9a\n", "12", "\u0663\u0664", "a-b", "a/b", "ax")


def _numbers(text: str) -> list[float]:
    return [float(one) for one in sorted(set(re.findall(r"(?<![\w.#])\d+(?:\.\d+)?", text)))]


def _around(number: float) -> tuple[int, int, int]:
    return int(number) - 1, int(number), int(number) + 1
