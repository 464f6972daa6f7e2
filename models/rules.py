"""What the database demands of a value, as types for Create and Update: only rules that mean exactly the same here.

A rule that PostgreSQL judges by its own lights (a collation, another row, the time) is left to the database.
"""

import datetime as dt
import json
import re
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
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


def _not_blank(value: str) -> str:
    # btrim(x) strips spaces and nothing else; str.strip() would strip tabs, too
    if not value.strip(" "):
        raise ValueError("must not be blank")
    return value


def matches(pattern: str) -> Callable[[str], str]:
    r"""Make a validator of the whole value; `^` and `$` of PostgreSQL are the ends of the value, not of a line.

    The pattern keeps to explicit sets of characters: `\d`, `\w` and `\s` mean other things here than there.
    """
    compiled = re.compile(pattern)

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
Text = Annotated[str, AfterValidator(_storable)]
Numeric = Annotated[Decimal, AfterValidator(_numeric)]
Real = Annotated[float, AfterValidator(_real)]
FilledText = Annotated[Text, AfterValidator(_not_blank)]
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
