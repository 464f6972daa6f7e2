"""Values of composite types as the literals that PostgreSQL reads and prints.

PostgreSQL's documentation, "Composite Type Input and Output Syntax": null is nothing at all, and in quotes a quote or a
backslash is doubled.
"""

import datetime as dt
import enum
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

PART = re.compile(r'"((?:[^"\\]|""|\\.)*)"|([^,"]*)', re.DOTALL)
ESCAPED = re.compile(r'""|\\(.)', re.DOTALL)
SHORT_ZONE = re.compile(r"([+-]\d\d)$")  # PostgreSQL prints +00, ISO 8601 and pydantic want +00:00


class Composite(BaseModel):
    """The parent of composite values; the literal of one inside of another is read on the way."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _from_literal(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = parts(value)
        return dict(zip(cls.model_fields, value, strict=True)) if isinstance(value, tuple | list) else value


def read(model: type[Composite], value: Any) -> Composite:
    """Return the value of a literal, or of the named tuple that psycopg makes of a type that it was told of."""
    return model.model_validate(value if isinstance(value, str) else tuple(value))


def written(value: Composite) -> str:
    """Return the literal of a value."""
    return f"({','.join(_part(getattr(value, name)) for name in type(value).model_fields)})"


def parts(literal: str) -> list[str | None]:
    """Return what stands between the commas of a literal.

    >>> parts('(a,,"b, c","")')
    ['a', None, 'b, c', '']
    """
    found: list[str | None] = []
    place = 1
    while place < len(literal):
        part = PART.match(literal[:-1], place)
        assert part is not None  # noqa: S101 (it matches nothing at all, too)
        quoted, bare = part.groups()
        if quoted is None:
            found.append(SHORT_ZONE.sub(r"\1:00", bare) if ":" in bare else bare or None)
        else:
            text = ESCAPED.sub(lambda one: one[1] or '"', quoted)
            found.append(SHORT_ZONE.sub(r"\1:00", text) if re.match(r"\d{4,}-\d\d-\d\d ", text) else text)
        place = part.end() + 1
    return found


def _part(value: Any) -> str:
    match value:
        case None:
            return ""
        case enum.Enum():
            text = str(value.value)
        case bool():
            text = "t" if value else "f"
        case Composite():
            text = written(value)
        case dt.date() | dt.time():
            text = value.isoformat()
        case _:
            text = str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'
