"""Create, read, update, delete, within a scope; each operation is written once, for both kinds of session."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Executable, func
from sqlalchemy.orm import Session

from . import pages
from .errors import NotFoundError, StaleError
from .pages import PAGE_SIZE, CursorPage, Page
from .scope import DELETED_AT, CreateT, Row, Scope, UpdateT, given

__all__ = ["AsyncCrud", "Crud"]

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

P = ParamSpec("P")
T = TypeVar("T")


class Crud(Generic[Row, CreateT, UpdateT]):
    """What can be done to the rows of a scope; a row outside of it is not found, whoever's it is."""

    def __init__(self, session: Session, scope: Scope[Row, CreateT, UpdateT]) -> None:
        self.session = session
        self.scope = scope

    def get(self, key: Any, *, lock: bool = False) -> Row:
        """Return a row by its key (a tuple, if that has several columns); with `lock`, others wait to change it."""
        return self._found(self.scope.one(key, lock=lock), key)

    def create(self, data: CreateT) -> Row:
        """Write a row and return it as the database made it."""
        return self._write([self.scope.values(data)])[0]

    def create_many(self, many: Iterable[CreateT]) -> list[Row]:
        """Write many rows in few statements and return them, in no promised order."""
        # those that say the same things go together, for what is absent is left to the database
        alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for data in many:
            values = self.scope.values(data)
            alike.setdefault(tuple(values), []).append(values)
        return [row for batch in alike.values() for row in self._write(batch)]

    def update(self, key: Any, data: UpdateT, *, version: int | None = None) -> Row:
        """Change what `data` says, if the row still has the version, and return the row."""
        changes = given(data, data.model_fields_set)
        statement = self.scope.update(key, changes, version) if changes else self.scope.one(key, version)
        return self._found(statement, key, version)

    def delete(self, key: Any, *, version: int | None = None) -> None:
        """Throw a row away: into the trash, where the table has one."""
        if self.scope.has_trash:
            self._found(self.scope.update(key, {DELETED_AT: func.now()}, version), key, version)
        else:
            self._found(self.scope.delete(key, version), key, version)

    def restore(self, key: Any) -> Row:
        """Take a row out of the trash."""
        return self._found(self.scope.trashed().update(key, {DELETED_AT: None}, None), key)

    def purge(self, key: Any) -> None:
        """Remove a row for ever, from the trash or not."""
        self._found(self.scope.with_trash().delete(key, None), key)

    def count(self) -> int:
        """Return the number of rows."""
        return pages.count(self.session, self.scope)

    def page(self, page: int = 1, page_size: int = PAGE_SIZE, order: Sequence[str] = ()) -> Page[Row]:
        """Return a page by its number, in an order such as ``("-created_at",)``."""
        return pages.by_number(self.session, self.scope, page=page, page_size=page_size, order=order)

    def scroll(
        self, after: str | None = None, page_size: int = PAGE_SIZE, order: Sequence[str] = ()
    ) -> CursorPage[Row]:
        """Return the page after a cursor, the first one without."""
        return pages.by_cursor(self.session, self.scope, after=after, page_size=page_size, order=order)

    def _write(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Row]:
        return self.session.execute(self.scope.insert(), rows).scalars().all()

    def _found(self, statement: Executable, key: Any, version: int | None = None) -> Row:
        """Return the row that a statement was about; nothing means another version, or no such row in the scope."""
        row: Row | None = self.session.execute(statement).scalar_one_or_none()
        if row is not None:
            return row
        there = None if version is None else self.session.execute(self.scope.one(key)).scalar_one_or_none()
        if there is None:
            raise NotFoundError(code="not_found")
        raise StaleError(current=getattr(there, self.scope.version_name))


class AsyncCrud(Generic[Row, CreateT, UpdateT]):
    """What `Crud` does, for `async`."""

    def __init__(self, session: "AsyncSession", scope: Scope[Row, CreateT, UpdateT]) -> None:
        self.session = session
        self.scope = scope

    async def get(self, key: Any, *, lock: bool = False) -> Row:
        """Return a row by its key (a tuple, if that has several columns); with `lock`, others wait to change it."""
        return await self._run(Crud.get, key, lock=lock)

    async def create(self, data: CreateT) -> Row:
        """Write a row and return it as the database made it."""
        return await self._run(Crud.create, data)

    async def create_many(self, many: Iterable[CreateT]) -> list[Row]:
        """Write many rows in few statements and return them, in no promised order."""
        return await self._run(Crud.create_many, many)

    async def update(self, key: Any, data: UpdateT, *, version: int | None = None) -> Row:
        """Change what `data` says, if the row still has the version, and return the row."""
        return await self._run(Crud.update, key, data, version=version)

    async def delete(self, key: Any, *, version: int | None = None) -> None:
        """Throw a row away: into the trash, where the table has one."""
        await self._run(Crud.delete, key, version=version)

    async def restore(self, key: Any) -> Row:
        """Take a row out of the trash."""
        return await self._run(Crud.restore, key)

    async def purge(self, key: Any) -> None:
        """Remove a row for ever, from the trash or not."""
        await self._run(Crud.purge, key)

    async def count(self) -> int:
        """Return the number of rows."""
        return await self._run(Crud.count)

    async def page(self, page: int = 1, page_size: int = PAGE_SIZE, order: Sequence[str] = ()) -> Page[Row]:
        """Return a page by its number, in an order such as ``("-created_at",)``."""
        return await self._run(Crud.page, page, page_size, order)

    async def scroll(
        self, after: str | None = None, page_size: int = PAGE_SIZE, order: Sequence[str] = ()
    ) -> CursorPage[Row]:
        """Return the page after a cursor, the first one without."""
        return await self._run(Crud.scroll, after, page_size, order)

    async def _run(
        self, method: Callable[Concatenate[Crud[Row, CreateT, UpdateT], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self.session.run_sync(lambda session: method(Crud(session, self.scope), *args, **kwargs))
