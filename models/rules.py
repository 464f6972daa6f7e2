"""What the database demands of a value, as types for Create and Update: only rules that mean exactly the same here.

A rule that PostgreSQL judges by its own lights (a collation, another row, the time) is left to the database.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, JsonValue


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
FilledText = Annotated[Text, AfterValidator(_not_blank)]
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
Bytes = Annotated[bytes, BeforeValidator(_from_hex)]
Json = Annotated[JsonValue, AfterValidator(_json)]
JsonObject = Annotated[dict[str, JsonValue], AfterValidator(_json)]
JsonArray = Annotated[list[JsonValue], AfterValidator(_json)]
