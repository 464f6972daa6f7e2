"""The column types that SQLAlchemy needs help with: the domain, the composite type, ranges of time."""

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, DateTime, Dialect, MetaData, String, Text, cast, event, text
from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN, JSONB, TSTZRANGE, Range
from sqlalchemy.sql.operators import OperatorClass
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from .base import CommentOn, metadata
from .enums import RecurrenceFrequency
from .tracked import Tracked

# without none_as_null, None is stored as the JSON value null, which is not NULL and passes NOT NULL
Json = Tracked.as_mutable(JSONB(none_as_null=True))

# elements without a length: SQLAlchemy would cast each array to varchar(n)[], and a cast cuts what is too long
Strings = Tracked.as_mutable(ARRAY(Text))


class Domain(DOMAIN):
    """A domain that may be compared: SQLAlchemy 2.1 warns at comparisons and some inserts unless told so."""

    operator_classes = OperatorClass.ANY


hex_color = Domain(
    "hex_color",
    String(7),
    constraint_name="hex_color_check",
    check=text("value ~ '^#[0-9a-f]{6}$'"),
    metadata=metadata,
)


class TstzRange(TypeDecorator[Range[dt.datetime]]):
    """tstzrange whose bounds know their time zone: naive ones would silently take that of the session."""

    impl = TSTZRANGE
    cache_ok = True

    def process_bind_param(self, value: Range[dt.datetime] | None, _dialect: Dialect) -> Range[dt.datetime] | None:
        """Return the range in UTC; a naive bound is a ValueError."""
        return None if value is None else _convert(value)

    def process_result_value(self, value: Range[dt.datetime] | None, _dialect: Dialect) -> Range[dt.datetime] | None:
        """Return the range in UTC, whatever the session's time zone."""
        return None if value is None else _convert(value)

    def coerce_compared_value(self, _op: Any, value: Any) -> TypeEngine[Any]:
        """Compare with a range as a range, and with a moment as a moment: ``during.contains(moment)``."""
        return DateTime(timezone=True) if isinstance(value, dt.datetime) else self


def _convert(value: Range[dt.datetime]) -> Range[dt.datetime]:
    if value.empty:
        return value
    lower, upper = (bound if bound is None else _in_utc(bound) for bound in (value.lower, value.upper))
    return Range(lower, upper, bounds=value.bounds)


def _in_utc(value: dt.datetime) -> dt.datetime:
    if value.utcoffset() is None:
        raise ValueError(f"a time without a time zone: {value.isoformat()}: use datetime.now(timezone.utc)")
    return value.astimezone(dt.UTC)


class Recurrence(BaseModel):
    """How often a task comes again: every so many units, until a day or without end."""

    model_config = ConfigDict(frozen=True)

    frequency: RecurrenceFrequency
    every: int
    until: dt.date | None = None


class RecurrenceType(UserDefinedType[Recurrence]):
    """The composite type `recurrence`; works whether or not psycopg was told of it on the connection."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the name of the type, for DDL and casts."""
        return "recurrence"

    def bind_processor(self, _dialect: Dialect) -> Any:
        """Write a composite literal; PostgreSQL's documentation, "Composite Value Input"."""

        def process(value: Recurrence | None) -> str | None:
            if value is None:
                return None
            until = "" if value.until is None else value.until.isoformat()
            return f"({value.frequency.value},{value.every},{until})"

        return process

    def bind_expression(self, bindvalue: Any) -> Any:
        """Cast the literal: an untyped parameter is text, and no operator compares that with a composite."""
        return cast(bindvalue, self)

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Any:
        """Read the literal, or the named tuple of a connection where the type is registered."""

        def process(value: Any) -> Recurrence | None:
            if value is None:
                return None
            # no label, number or ISO date is ever quoted in a composite literal
            parts = [part or None for part in value[1:-1].split(",")] if isinstance(value, str) else value
            return Recurrence(**dict(zip(("frequency", "every", "until"), parts, strict=True)))

        return process


recurrence = RecurrenceType()

COMMENTS = (
    CommentOn("domain", ["hex_color"], "A colour as browsers write it, in lower case: #rrggbb."),
    CommentOn("type", ["recurrence"], "How often a task comes again: every so many units, until a day or without end."),
    CommentOn("column", ["recurrence", "frequency"], "The unit."),
    CommentOn("column", ["recurrence", "every"], "How many units lie between two times."),
    CommentOn("column", ["recurrence", "until"], "The last day on which it may come; null for ever."),
)


# registered after the listeners of the enum types, which the composite type needs
@event.listens_for(metadata, "before_create")
def _create_recurrence(_target: MetaData, connection: Connection, checkfirst: Any, **_: Any) -> None:
    if checkfirst and connection.scalar(text("select to_regtype('recurrence')")):
        return
    connection.execute(text("create type recurrence as (frequency recurrence_frequency, every smallint, until date)"))


@event.listens_for(metadata, "after_create")
def _comment_on_types(_target: MetaData, connection: Connection, **_: Any) -> None:
    for comment in COMMENTS:
        connection.execute(comment)


# before the listeners that drop the enum types
@event.listens_for(metadata, "after_drop", insert=True)
def _drop_recurrence(_target: MetaData, connection: Connection, **_: Any) -> None:
    connection.execute(text("drop type if exists recurrence"))
