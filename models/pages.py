"""Pages of rows: by number, with a total; and by cursor, each beginning where the last one ended, however far."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json
from sqlalchemy import ColumnElement, and_, false, literal, or_, tuple_
from sqlalchemy.orm import Mapper, Session

from .errors import InputError
from .scope import CreateT, Row, Scope, UpdateT

__all__ = ["CursorPage", "Page"]

PAGE_SIZE = 20
MAXIMUM = 100  # rows of a page
LAST = 2**31 - 1  # page; its offset still fits a bigint

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some of the rows, by number of page, from 1."""

    model_config = ConfigDict(from_attributes=True)

    items: list[Item]
    total: int
    page: int
    page_size: int
    total_pages: int
    has_next: bool
    has_prev: bool


class CursorPage(BaseModel, Generic[Item]):
    """Some of the rows, and the cursor of those that follow; rows written meanwhile move nothing."""

    model_config = ConfigDict(from_attributes=True)

    items: list[Item]
    page_size: int
    has_next: bool
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A column to order by; nulls are where PostgreSQL puts them: last, or first when descending."""

    name: str
    column: ColumnElement[Any]
    descending: bool
    nullable: bool

    def clause(self) -> ColumnElement[Any]:
        """Return it as a part of `order by`."""
        return self.column.desc() if self.descending else self.column.asc()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """Return the condition of rows that come later."""
        if value is None:
            return self.column.is_not(None) if self.descending else false()
        after: ColumnElement[bool] = self.column < value if self.descending else self.column > value
        return or_(after, self.column.is_(None)) if self.nullable and not self.descending else after

    def same(self, value: Any) -> ColumnElement[bool]:
        """Return the condition of rows that come neither earlier nor later."""
        return self.column.is_(None) if value is None else self.column == value

    def bound(self, value: Any) -> ColumnElement[bool] | None:
        """Return a condition of all later rows that an index can start from."""
        if value is None or (self.nullable and not self.descending):
            return None
        bound: ColumnElement[bool] = self.column <= value if self.descending else self.column >= value
        return bound


def count(session: Session, scope: Scope[Row, CreateT, UpdateT]) -> int:
    """Return the number of rows."""
    number: int = session.execute(scope.count()).scalar_one()
    return number


def by_number(
    session: Session,
    scope: Scope[Row, CreateT, UpdateT],
    *,
    page: int = 1,
    page_size: int = PAGE_SIZE,
    order: Sequence[str] = (),
) -> Page[Row]:
    """Return a page and the total; a page after the last is empty."""
    _check("page", page, LAST)
    _check("page_size", page_size, MAXIMUM)
    total = count(session, scope)
    query = scope.select().order_by(*(term.clause() for term in terms(scope.mapper, order)))
    items = session.execute(query.limit(page_size).offset((page - 1) * page_size)).scalars().all()
    pages = -(-total // page_size)
    return Page(
        items=list(items),
        total=total,
        page=page,
        page_size=page_size,
        total_pages=pages,
        has_next=page < pages,
        has_prev=page > 1,
    )


def by_cursor(
    session: Session,
    scope: Scope[Row, CreateT, UpdateT],
    *,
    after: str | None = None,
    page_size: int = PAGE_SIZE,
    order: Sequence[str] = (),
) -> CursorPage[Row]:
    """Return the rows after a cursor; it asks for one more, to know whether there are any."""
    _check("page_size", page_size, MAXIMUM)
    ordered = terms(scope.mapper, order)
    query = scope.select().order_by(*(term.clause() for term in ordered)).limit(page_size + 1)
    if after is not None:
        query = query.where(later(ordered, decode(scope.mapper, ordered, after)))
    found = session.execute(query).scalars().all()
    items = list(found[:page_size])
    more = len(found) > page_size
    cursor = encode(scope.mapper, ordered, items[-1]) if more else None
    return CursorPage(items=items, page_size=page_size, has_next=more, next_cursor=cursor)


def terms(mapper: Mapper[Any], order: Sequence[str] = ()) -> list[Term]:
    """Return the columns of an order, such as ``("-created_at",)``, the key behind them, so that no two rows are equal.

    Without an order it is the newest first, where the table knows when a row was made. A name that is no column is a
    ValueError: what a client may sort by is for the application to say.
    """
    names = list(order) or (["-created_at"] if "created_at" in mapper.columns else [])
    sign = "-" if names and names[-1].startswith("-") else ""
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    named = {name.removeprefix("-") for name in names}
    return [_term(mapper, name) for name in (*names, *(sign + key for key in keys if key not in named))]


def later(ordered: Sequence[Term], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition of the rows after these values: a row comparison where that says it, for the index."""
    if len({term.descending for term in ordered}) == 1 and not any(term.nullable for term in ordered):
        columns = tuple_(*(term.column for term in ordered))
        ends = tuple_(*(literal(value, term.column.type) for term, value in zip(ordered, values, strict=True)))
        return columns < ends if ordered[0].descending else columns > ends
    pairs = list(zip(ordered, values, strict=True))
    ways = [
        reduce(and_, [term.same(value) for term, value in pairs[:n]], pairs[n][0].beyond(pairs[n][1]))
        for n in range(len(pairs))
    ]
    bound = pairs[0][0].bound(pairs[0][1])
    return or_(*ways) if bound is None else and_(bound, or_(*ways))


def encode(mapper: Mapper[Any], ordered: Sequence[Term], row: Any) -> str:
    """Return where a row stands in an order; a secret it is not, a client may know its own rows."""
    values = [getattr(row, term.name) for term in ordered]
    return base64.urlsafe_b64encode(to_json([_signature(mapper, ordered), *values])).decode().rstrip("=")


def decode(mapper: Mapper[Any], ordered: Sequence[Term], cursor: str) -> list[Any]:
    """Return the values of a cursor; one of another list, or forged into no values, is an InputError."""
    fields = mapper.class_.model_fields
    try:
        signature, *values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if signature != _signature(mapper, ordered) or len(values) != len(ordered):
            raise ValueError
        return [_read(fields[term.name].annotation, value) for term, value in zip(ordered, values, strict=True)]
    except (ValueError, TypeError, ValidationError, RecursionError):
        raise InputError("The cursor is not one of this list.", code="cursor", field="cursor") from None


def _read(annotation: Any, value: Any) -> Any:
    read = TypeAdapter(annotation).validate_python(value)
    if isinstance(read, datetime) and read.utcoffset() is None:
        raise ValueError
    if isinstance(read, str) and "\0" in read.encode().decode():  # nor is half of a surrogate pair text
        raise ValueError
    return read


def _term(mapper: Mapper[Any], name: str) -> Term:
    key = name.removeprefix("-")
    if key not in mapper.columns:
        raise ValueError(f"{mapper.class_.__name__} has no column {key!r} to order by")
    column = mapper.columns[key]
    return Term(name=key, column=column, descending=name.startswith("-"), nullable=bool(column.nullable))


def _signature(mapper: Mapper[Any], ordered: Sequence[Term]) -> str:
    return " ".join([str(mapper.local_table), *("-" * term.descending + term.name for term in ordered)])


def _check(name: str, value: int, maximum: int) -> None:
    if not 1 <= value <= maximum:
        raise InputError(f"{name} must be between 1 and {maximum}.", code="range", field=name)
