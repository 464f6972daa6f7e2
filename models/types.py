"""The column types that SQLAlchemy needs help with: enums, composite types, JSON, arrays, moments, and native ones."""

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Any

from psycopg.types.json import Json as PlainDocument
from psycopg.types.json import Jsonb as Document
from sqlalchemy import JSON, Connection, DateTime, Dialect, MetaData, Text, cast, event, text
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB, TIMESTAMP, TSTZRANGE, Range
from sqlalchemy.sql.operators import OperatorClass
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType
from typing_extensions import override

from .base import CommentOn, Statement, metadata
from .composite import Composite, read, written
from .tracked import Tracked

# without none_as_null, None is stored as the JSON value null, which is not NULL and passes NOT NULL
Json = Tracked.as_mutable(JSONB(none_as_null=True))
PlainJson = Tracked.as_mutable(JSON(none_as_null=True))


def tracked(type_: Any) -> Any:
    """Return a type whose lists and dicts tell their row when they change."""
    return Tracked.as_mutable(type_)


def array(item: Any) -> Any:
    """Return the type of an array; its elements must have no length, for SQLAlchemy casts, and a cast cuts."""
    return tracked(ARRAY(item))


Strings = array(Text)


class Native(UserDefinedType[Any]):
    """A type by PostgreSQL's own name: values pass as psycopg reads and writes them, without a cast."""

    cache_ok = True
    operator_classes = OperatorClass.ANY  # else SQLAlchemy 2.1 warns at comparisons and some inserts

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """Return the name of the type, for DDL."""
        return self.name


class Documents(Native):
    """An array of json or jsonb: each element is a document, whatever it looks like."""

    cache_ok = True

    @override
    def bind_processor(self, dialect: Dialect) -> Any:
        """Wrap the elements: psycopg takes a list of lists for an array of two dimensions."""
        wrapped = Document if self.name == "jsonb[]" else PlainDocument

        def process(value: list[Any] | None) -> list[Any] | None:
            return None if value is None else [None if one is None else wrapped(one) for one in value]

        return process


def documents(name: str) -> Any:
    """Return the type of an array of json or jsonb."""
    return tracked(Documents(name))


class Moment(TypeDecorator[dt.datetime]):
    """timestamptz with a precision, whose values know their time zone."""

    impl = TIMESTAMP
    cache_ok = True

    def __init__(self, precision: int) -> None:
        super().__init__(timezone=True, precision=precision)
        self.precision = precision

    @override
    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC; a naive one is a ValueError."""
        return None if value is None else _in_utc(value)

    @override
    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC, whatever the session's time zone."""
        return None if value is None else _in_utc(value)


class TstzRange(TypeDecorator[Range[dt.datetime]]):
    """tstzrange whose bounds know their time zone: naive ones would silently take that of the session."""

    impl = TSTZRANGE
    cache_ok = True

    @override
    def process_bind_param(self, value: Range[dt.datetime] | None, dialect: Dialect) -> Range[dt.datetime] | None:
        """Return the range in UTC; a naive bound is a ValueError."""
        return None if value is None else _convert(value)

    @override
    def process_result_value(self, value: Range[dt.datetime] | None, dialect: Dialect) -> Range[dt.datetime] | None:
        """Return the range in UTC, whatever the session's time zone."""
        return None if value is None else _convert(value)

    @override
    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
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


class Label(enum.StrEnum):
    """A label of an enum type; compares by declaration, where a plain str would compare by spelling."""

    @property
    def rank(self) -> int:
        """The place of the label in the declaration, from 0."""
        return list(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= type(self)(other).rank


def _labels(labels: type[enum.Enum]) -> list[str]:
    return [str(label.value) for label in labels]


def enum_type(labels: type[Label], name: str, *, schema: str | None = None, comment: str | None = None) -> ENUM:
    """Make the type of the columns; without `values_callable` SQLAlchemy stores the names, TODO and not todo."""
    made = ENUM(labels, name=name, schema=schema, values_callable=_labels, metadata=metadata)
    if comment:
        _comment_after([CommentOn("type", [schema, name] if schema else [name], comment)])
    return made


class CompositeType(UserDefinedType[Composite]):
    """A composite type; works whether or not psycopg was told of it on the connection."""

    cache_ok = True
    operator_classes = OperatorClass.ANY

    def __init__(self, model: type[Composite], name: str) -> None:
        self.model = model
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """Return the name of the type, for DDL and casts."""
        return self.name

    @override
    def bind_processor(self, dialect: Dialect) -> Any:
        """Write a composite literal."""

        def process(value: Composite | None) -> str | None:
            return None if value is None else written(value)

        return process

    def bind_expression(self, bindvalue: Any) -> Any:
        """Cast the literal: an untyped parameter is text, and no operator compares that with a composite."""
        return cast(bindvalue, self)

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read the literal, or the named tuple of a connection where the type is registered."""

        def process(value: Any) -> Composite | None:
            return None if value is None else read(self.model, value)

        return process


def composite_type(
    model: type[Composite], name: str, statement: str, *, comments: Iterable[CommentOn] = ()
) -> CompositeType:
    """Make a composite type, as its statement says, before the tables."""
    made_type(name, statement, comments=comments)
    return CompositeType(model, name)


def made_type(name: str, *statements: str, kind: str = "type", comments: Iterable[CommentOn] = ()) -> Native:
    """Make a domain or another type, as its statements say, before the tables; types are dropped after them."""

    @event.listens_for(metadata, "before_create")
    def _create(_target: MetaData, connection: Connection, checkfirst: Any, **_: Any) -> None:
        if not (checkfirst and connection.scalar(text("select to_regtype(:name)"), {"name": name})):
            for statement in statements:
                connection.execute(Statement(statement))

    # before the listeners that drop what it is made of
    @event.listens_for(metadata, "after_drop", insert=True)
    def _drop(_target: MetaData, connection: Connection, **_: Any) -> None:
        connection.execute(Statement(f"drop {kind} if exists {name}"))

    _comment_after(list(comments))
    return Native(name)


def _comment_after(comments: list[CommentOn]) -> None:
    @event.listens_for(metadata, "after_create")
    def _comment(_target: MetaData, connection: Connection, **_: Any) -> None:
        for comment in comments:
            connection.execute(comment)
