"""What the database demands of a value, as types for Create and Update: only rules that mean exactly the same here.

A rule that PostgreSQL judges by its own lights (a collation, another row, the time) is left to the database.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, JsonValue
from sqlalchemy.dialects.postgresql import Range

from .types import Recurrence

# from the check to the end of integer
Position = Annotated[int, Field(ge=1, le=2**31 - 1)]

# numeric(10, 2) can hold NaN, which pydantic refuses by itself
Money = Annotated[Decimal, Field(max_digits=10, decimal_places=2, ge=0, le=Decimal("99999999.99"))]


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


def matches(pattern: str, shape: str) -> Callable[[str], str]:
    r"""Make a validator of the whole value; `^` and `$` of PostgreSQL are the ends of the value, not of a line.

    The pattern keeps to explicit sets of characters: `\d`, `\w` and `\s` mean other things here than there.
    """
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must look like {shape}")
        return value

    return check


def _without_slash(value: str) -> str:
    if "/" in value:
        raise ValueError("must not contain a slash")
    return value


def _in_utc(value: dt.datetime) -> dt.datetime:
    # beyond the years 1 to 9999 PostgreSQL would store it, and Python could not read it back
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999 of UTC") from None


def _json_object(value: dict[str, Any]) -> dict[str, Any]:
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


def _time_block(value: Range[dt.datetime]) -> Range[dt.datetime]:
    if value.empty or value.lower is None or value.upper is None or value.bounds != "[)":
        raise ValueError("must have a beginning that is part of it and an end that is not")
    lower, upper = _in_utc(value.lower), _in_utc(value.upper)
    if not lower < upper:
        raise ValueError("must end after it begins")
    if upper - lower > dt.timedelta(hours=24):
        raise ValueError("must not last longer than 24 hours")
    return Range(lower, upper)


def _from_hex(value: Any) -> Any:
    # as Read schemas write it; bytes pass as they are
    return bytes.fromhex(value) if isinstance(value, str) else value


def _recurrence(value: Recurrence) -> Recurrence:
    if not 1 <= value.every <= 366:
        raise ValueError("must come every 1 to 366 units")
    return value


def exactly_one(**values: object) -> None:
    """Demand that one of the values is there, as ``num_nonnulls(…) = 1`` does."""
    if sum(value is not None for value in values.values()) != 1:
        raise ValueError(f"exactly one of {', '.join(values)} must be given")


Text = Annotated[str, AfterValidator(_storable)]
FilledText = Annotated[Text, AfterValidator(_not_blank)]
Color = Annotated[str, AfterValidator(matches("#[0-9a-f]{6}", "#64748b"))]
FileName = Annotated[FilledText, AfterValidator(_without_slash)]
ContentType = Annotated[str, AfterValidator(matches(r"[a-z0-9.+-]+/[a-z0-9.+-]+", "application/pdf"))]
TimeZone = Annotated[str, AfterValidator(matches(r"[A-Za-z0-9_+/-]+", "Europe/Berlin"))]
Locale = Annotated[str, AfterValidator(matches(r"[a-z]{2,3}(-[A-Z]{2})?", "en or de-AT"))]
Labels = Annotated[list[Text], Field(max_length=20)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
TimeBlockRange = Annotated[Range[AwareDatetime], AfterValidator(_time_block)]
JsonObject = Annotated[dict[str, JsonValue], AfterValidator(_json_object)]
Sha256 = Annotated[bytes, BeforeValidator(_from_hex), Field(min_length=32, max_length=32)]
Repetition = Annotated[Recurrence, AfterValidator(_recurrence)]
