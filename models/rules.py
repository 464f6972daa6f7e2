"""What the database demands of a value, as types for Create and Update: only rules that mean exactly the same here.

A rule that PostgreSQL judges by its own lights (a collation, another row, the time) is left to the database.
"""

import datetime as dt
import json
import re
import struct
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Annotated, Any

from pydantic import (
    MISSING,
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    JsonValue,
    NaiveDatetime,
    TypeAdapter,
    ValidationError,
)
from sqlalchemy.dialects.postgresql import Range


def _storable(value: str) -> str:
    # no text of PostgreSQL holds NUL, and half of a surrogate pair is not UTF-8
    if "\0" in value:
        raise ValueError("must not contain the character NUL")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must not contain half of a surrogate pair")
    return value


def _filled(value: str) -> str:
    _storable(value)
    # btrim(x) strips spaces and nothing else; str.strip() would strip tabs, too
    if not value.strip(" "):
        raise ValueError("must not be blank")
    return value


def matches(pattern: str) -> Callable[[str], str]:
    r"""Make a validator of the whole value; `^` and `$` of PostgreSQL are the ends of the value, not of a line.

    The pattern keeps to explicit sets of characters: `\d`, `\w` and `\s` mean other things here than there.
    """
    compiled = re.compile(pattern, re.DOTALL)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must look like {pattern}")
        return value

    return check


def without(part: str) -> Callable[[str], str]:
    """Make a validator that refuses values with this part in them."""

    def check(value: str) -> str:
        if part in value:
            raise ValueError(f"must not contain {part}")
        return value

    return check


def one_of(*allowed: object) -> Callable[[Any], Any]:
    """Make a validator that takes these values alone."""

    def check(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(map(str, allowed))}")
        return value

    return check


def none_of(*refused: object) -> Callable[[Any], Any]:
    """Make a validator that takes all but these values."""

    def check(value: Any) -> Any:
        if value in refused:
            raise ValueError(f"must not be {', '.join(map(str, refused))}")
        return value

    return check


def octets(most: int) -> Callable[[str], str]:
    """Make a validator of the length in bytes of UTF-8."""

    def check(value: str) -> str:
        if len(value.encode()) > most:
            raise ValueError(f"must not be longer than {most} bytes")
        return value

    return check


def holds(condition: Callable[[Any], bool], says: str) -> Callable[[Any], Any]:
    """Make a validator of a condition, whose message is what the CHECK says."""

    def check(value: Any) -> Any:
        if not condition(value):
            raise ValueError(f"must be so that {says}")
        return value

    return check


def demand(condition: Callable[..., bool], says: str, *values: Any) -> None:
    """Demand a condition of several values; where one is left to the database, so is the condition."""
    if MISSING not in values and not condition(*values):
        raise ValueError(f"must be so that {says}")


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    signs = {"%": ".*", "_": "."}
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return re.compile("".join(signs.get(one) or re.escape(one[-1]) for one in parts), re.DOTALL)


def like(value: str, pattern: str) -> bool:
    """Say whether a text is LIKE a pattern; a backslash takes the meaning of the sign after it."""
    return bool(_pattern(pattern).fullmatch(value))


def json_type(value: JsonValue) -> str:
    """Return what ``jsonb_typeof`` says of a value."""
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
    return "null" if value is None else "object"


def remainder(value: int, divisor: int) -> int:
    """Return what ``value % divisor`` is in PostgreSQL, where it takes the sign of the value."""
    found = abs(value) % abs(divisor)
    return found if value >= 0 else -found


def padded(length: int) -> Callable[[str], str]:
    """Make a validator of char(n), which fills up with spaces, and counts none at the end."""

    def check(value: str) -> str:
        kept = value.rstrip(" ")
        if len(kept) > length:
            raise ValueError(f"must not be longer than {length} characters")
        return kept.ljust(length)

    return check


def rounded(precision: int, scale: int) -> Callable[[Decimal], Decimal]:
    """Make a validator of a numeric whose scale is below zero, or above its precision; it rounds as PostgreSQL does."""
    context = Context(prec=2000, rounding=ROUND_HALF_UP)

    def check(value: Decimal) -> Decimal:
        if not value or value.adjusted() <= precision - scale:  # else far beyond, and too long for the context
            stored = value.quantize(Decimal((0, (1,), -scale)), context=context)
            if not stored or stored.adjusted() < precision - scale:
                return stored
        raise ValueError(f"must be less than 1e{precision - scale}")

    return check


# macaddr_in() and macaddr8_in(): pairs of digits, between them one kind of sign, in some places or all
PAIR = "[0-9A-Fa-f]{2}"
ADDRESSES = {
    6: re.compile(
        "|".join(
            (
                "[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}|[0-9A-Fa-f]{1,2}(?:-[0-9A-Fa-f]{1,2}){5}",
                f"(?:{PAIR}){{3}}[:-]?(?:{PAIR}){{3}}|(?:{PAIR}){{2}}([.-])(?:{PAIR}){{2}}\\1(?:{PAIR}){{2}}",
            )
        )
    ),
    8: re.compile("|".join(rf"{PAIR}(?:{sign}?{PAIR}){{{count}}}" for sign in (":", "-", r"\.") for count in (5, 7))),
}


def hardware(size: int) -> Callable[[str], str]:
    """Make a validator of macaddr (6 bytes) and macaddr8, that returns the address as it is stored."""

    def check(value: str) -> str:
        text = value.strip(" \t\n\r\v\f")
        if not ADDRESSES[size].fullmatch(text):
            raise ValueError("must be a hardware address like 08:00:2b:01:02:03")
        pieces = re.split("[:.-]", text)
        digits = "".join(piece.zfill(2) for piece in pieces).lower()
        digits = f"{digits[:6]}fffe{digits[6:]}" if len(digits) < 2 * size else digits
        return ":".join(digits[place : place + 2] for place in range(0, 2 * size, 2))

    return check


def ranging(bound: Any) -> Callable[[Range[Any]], Range[Any]]:
    """Make a validator of ranges: each bound is valid by itself, and the range does not end before it begins."""
    adapter = TypeAdapter(bound)

    def check(value: Range[Any]) -> Range[Any]:
        try:
            lower, upper = (end if end is None else adapter.validate_python(end) for end in (value.lower, value.upper))
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"]) from None
        if lower is not None and upper is not None and lower > upper:
            raise ValueError("must not end before it begins")
        return value if value.empty else Range(lower, upper, bounds=value.bounds)

    return check


def _real(value: float) -> float:
    try:
        (stored,) = struct.unpack("<f", struct.pack("<f", value))
    except OverflowError:
        raise ValueError("must be less than 3.4e38") from None
    if stored == 0 != value:
        raise ValueError("must be zero, or more than 1e-45 away from it")
    return value


def _numeric(value: Decimal) -> Decimal:
    # PostgreSQL's documentation, "Numeric Types": 131072 digits before the point and 16383 after it
    exponent = value.as_tuple().exponent
    if value.adjusted() > 131_071 or (isinstance(exponent, int) and exponent < -16_383):
        raise ValueError("must have at most 131072 digits before the point and 16383 after it")
    return value


def in_utc(value: dt.datetime) -> dt.datetime:
    """Return the moment in UTC; beyond the years 1 to 9999 PostgreSQL would store it, and Python could not read it."""
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999 of UTC") from None


def _without_zone(value: dt.time) -> dt.time:
    if value.tzinfo:
        raise ValueError("must have no time zone")
    return value


def _with_zone(value: dt.time) -> dt.time:
    offset = value.utcoffset()
    if offset is None or abs(offset) >= dt.timedelta(hours=16):
        raise ValueError("must have a time zone, less than 16 hours from UTC")
    return value


def _json(value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        raise ValueError("must hold only what JSON can hold, no NaN and no infinity") from None
    for string in _strings(value):
        _storable(string)
    return value


def _strings(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from value
            for item in value.values():
                yield from _strings(item)
        case list():
            for item in value:
                yield from _strings(item)


def _from_hex(value: Any) -> Any:
    # as Read schemas write it; bytes pass as they are
    return bytes.fromhex(value) if isinstance(value, str) else value


def exactly_one(**values: object) -> None:
    """Demand that one of the values is there, as ``num_nonnulls(…) = 1`` does."""
    if sum(value is not None for value in values.values()) != 1:
        raise ValueError(f"exactly one of {', '.join(values)} must be given")


SmallInteger = Annotated[int, Field(ge=-(2**15), le=2**15 - 1)]
Integer = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
BigInteger = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
STORABLE = AfterValidator(_storable)
FILLED = AfterValidator(_filled)
Text = Annotated[str, STORABLE]
Numeric = Annotated[Decimal, AfterValidator(_numeric)]
Real = Annotated[float, AfterValidator(_real)]
FilledText = Annotated[str, FILLED]
NaiveTime = Annotated[dt.time, AfterValidator(_without_zone)]
AwareTime = Annotated[dt.time, AfterValidator(_with_zone)]
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
Bytes = Annotated[bytes, BeforeValidator(_from_hex)]
Json = Annotated[JsonValue, AfterValidator(_json)]
JsonObject = Annotated[dict[str, JsonValue], AfterValidator(_json)]
JsonArray = Annotated[list[JsonValue], AfterValidator(_json)]
IntegerRange = Annotated[Range[int], AfterValidator(ranging(Integer))]
BigIntegerRange = Annotated[Range[int], AfterValidator(ranging(BigInteger))]
NumericRange = Annotated[Range[Decimal], AfterValidator(ranging(Numeric))]
DateRange = Annotated[Range[dt.date], AfterValidator(ranging(dt.date))]
NaiveRange = Annotated[Range[dt.datetime], AfterValidator(ranging(NaiveDatetime))]
MomentRange = Annotated[Range[dt.datetime], AfterValidator(ranging(Moment))]
