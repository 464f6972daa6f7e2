"""Create, read, update, delete, within a scope: each operation is written once, and executed by two kinds of session.

An operation is a generator of queries: it yields what is to be asked and is sent the result.
"""

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Result, func
from sqlalchemy.orm import Session

from . import pages
from .errors import NotFoundError, StaleError
from .pages import PAGE_SIZE, CursorPage, Page, Steps
from .scope import DELETED_AT, CreateT, Query, Row, Scope, UpdateT, given

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


def perform(session: Session, steps: Steps[T]) -> T:
    """Execute an operation."""
    try:
        query = next(steps)
        while True:
            query = steps.send(session.execute(query.statement, query.values))
    except StopIteration as done:
        result: T = done.value
        return result


async def perform_async(session: "AsyncSession", steps: Steps[T]) -> T:
    """Execute an operation, awaiting each query."""
    try:
        query = next(steps)
        while True:
            query = steps.send(await session.execute(query.statement, query.values))
    except StopIteration as done:
        result: T = done.value
        return result


class Crud(Generic[Row, CreateT, UpdateT]):
    """What can be done to the rows of a scope; a row outside of it is not found, whoever's it is."""

    def __init__(self, session: Session, scope: Scope[Row, CreateT, UpdateT]) -> None:
        self.session = session
        self.scope = scope

    def get(self, key: Any, *, lock: bool = False) -> Row:
        """Return a row by its key (a tuple, if that has several columns); with `lock`, others wait to change it."""
        return perform(self.session, get(self.scope, key, lock=lock))

    def create(self, data: CreateT) -> Row:
        """Write a row and return it as the database made it."""
        return perform(self.session, create(self.scope, data))

    def create_many(self, many: Iterable[CreateT]) -> list[Row]:
        """Write many rows in few statements and return them, in no promised order."""
        return perform(self.session, create_many(self.scope, many))

    def update(self, key: Any, data: UpdateT, *, version: int | None = None) -> Row:
        """Change what `data` says, if the row still has the version, and return the row."""
        return perform(self.session, update(self.scope, key, data, version))

    def delete(self, key: Any, *, version: int | None = None) -> None:
        """Throw a row away: into the trash, where the table has one."""
        perform(self.session, remove(self.scope, key, version))

    def restore(self, key: Any) -> Row:
        """Take a row out of the trash."""
        return perform(self.session, restore(self.scope, key))

    def purge(self, key: Any) -> None:
        """Remove a row for ever, from the trash or not."""
        perform(self.session, purge(self.scope, key))

    def count(self) -> int:
        """Return the number of rows."""
        return perform(self.session, count(self.scope))

    def page(self, page: int = 1, page_size: int = PAGE_SIZE, order: Sequence[str] = ()) -> Page[Row]:
        """Return a page by its number, in an order such as ``("-created_at",)``."""
        return perform(self.session, pages.by_number(self.scope, page=page, page_size=page_size, order=order))

    def scroll(
        self, after: str | None = None, page_size: int = PAGE_SIZE, order: Sequence[str] = ()
    ) -> CursorPage[Row]:
        """Return the page after a cursor, the first one without."""
        return perform(self.session, pages.by_cursor(self.scope, after=after, page_size=page_size, order=order))


class AsyncCrud(Generic[Row, CreateT, UpdateT]):
    """What `Crud` does, for `async`."""

    def __init__(self, session: "AsyncSession", scope: Scope[Row, CreateT, UpdateT]) -> None:
        self.session = session
        self.scope = scope

    async def get(self, key: Any, *, lock: bool = False) -> Row:
        """Return a row by its key (a tuple, if that has several columns); with `lock`, others wait to change it."""
        return await perform_async(self.session, get(self.scope, key, lock=lock))

    async def create(self, data: CreateT) -> Row:
        """Write a row and return it as the database made it."""
        return await perform_async(self.session, create(self.scope, data))

    async def create_many(self, many: Iterable[CreateT]) -> list[Row]:
        """Write many rows in few statements and return them, in no promised order."""
        return await perform_async(self.session, create_many(self.scope, many))

    async def update(self, key: Any, data: UpdateT, *, version: int | None = None) -> Row:
        """Change what `data` says, if the row still has the version, and return the row."""
        return await perform_async(self.session, update(self.scope, key, data, version))

    async def delete(self, key: Any, *, version: int | None = None) -> None:
        """Throw a row away: into the trash, where the table has one."""
        await perform_async(self.session, remove(self.scope, key, version))

    async def restore(self, key: Any) -> Row:
        """Take a row out of the trash."""
        return await perform_async(self.session, restore(self.scope, key))

    async def purge(self, key: Any) -> None:
        """Remove a row for ever, from the trash or not."""
        await perform_async(self.session, purge(self.scope, key))

    async def count(self) -> int:
        """Return the number of rows."""
        return await perform_async(self.session, count(self.scope))

    async def page(self, page: int = 1, page_size: int = PAGE_SIZE, order: Sequence[str] = ()) -> Page[Row]:
        """Return a page by its number, in an order such as ``("-created_at",)``."""
        return await perform_async(
            self.session, pages.by_number(self.scope, page=page, page_size=page_size, order=order)
        )

    async def scroll(
        self, after: str | None = None, page_size: int = PAGE_SIZE, order: Sequence[str] = ()
    ) -> CursorPage[Row]:
        """Return the page after a cursor, the first one without."""
        return await perform_async(
            self.session, pages.by_cursor(self.scope, after=after, page_size=page_size, order=order)
        )


# -- the operations ---------------------------------------------------------------------------------------------------


def get(scope: Scope[Row, CreateT, UpdateT], key: Any, *, lock: bool = False) -> Steps[Row]:
    """Ask for a row."""
    return (yield from _found(scope, key, None, Query(scope.one(key, lock=lock))))


def create(scope: Scope[Row, CreateT, UpdateT], data: CreateT) -> Steps[Row]:
    """Write a row."""
    result = yield Query(scope.insert(), [scope.values(data)])
    row: Row = result.scalar_one()
    return row


def create_many(scope: Scope[Row, CreateT, UpdateT], many: Iterable[CreateT]) -> Steps[list[Row]]:
    """Write rows; those that say the same things go together, for what is absent is left to the database."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for data in many:
        values = scope.values(data)
        alike.setdefault(tuple(values), []).append(values)
    rows: list[Row] = []
    for batch in alike.values():
        rows += (yield Query(scope.insert(), batch)).scalars()
    return rows


def update(scope: Scope[Row, CreateT, UpdateT], key: Any, data: UpdateT, version: int | None) -> Steps[Row]:
    """Change a row; no change at all is a look at it."""
    changes = given(data, data.model_fields_set)
    query = scope.update(key, changes, version) if changes else scope.one(key, version)
    return (yield from _found(scope, key, version, Query(query)))


def remove(scope: Scope[Row, CreateT, UpdateT], key: Any, version: int | None) -> Steps[None]:
    """Put a row into the trash, or remove it where there is none."""
    if scope.has_trash:
        yield from _found(scope, key, version, Query(scope.update(key, {DELETED_AT: func.now()}, version)))
    else:
        yield from _gone(scope, key, version)


def restore(scope: Scope[Row, CreateT, UpdateT], key: Any) -> Steps[Row]:
    """Take a row out of the trash."""
    trash = scope.trashed()
    return (yield from _found(trash, key, None, Query(trash.update(key, {DELETED_AT: None}, None))))


def purge(scope: Scope[Row, CreateT, UpdateT], key: Any) -> Steps[None]:
    """Remove a row for ever."""
    yield from _gone(scope.with_trash(), key, None)


def count(scope: Scope[Row, CreateT, UpdateT]) -> Steps[int]:
    """Count the rows."""
    number: int = (yield Query(scope.count())).scalar_one()
    return number


def _found(scope: Scope[Row, CreateT, UpdateT], key: Any, version: int | None, query: Query) -> Steps[Row]:
    row: Row | None = (yield query).scalar_one_or_none()
    if row is None:
        yield from _refuse(scope, key, version)
        raise NotFoundError(code="not_found")
    return row


def _gone(scope: Scope[Row, CreateT, UpdateT], key: Any, version: int | None) -> Steps[None]:
    if (yield Query(scope.delete(key, version))).one_or_none() is None:
        yield from _refuse(scope, key, version)
        raise NotFoundError(code="not_found")


def _refuse(scope: Scope[Row, CreateT, UpdateT], key: Any, version: int | None) -> Generator[Query, Result[Any], None]:
    """Raise StaleError when the row is there, in another version than the client's."""
    if version is None:
        return
    row = (yield Query(scope.one(key))).scalar_one_or_none()
    if row is not None:
        raise StaleError(current=getattr(row, scope.version_name))
