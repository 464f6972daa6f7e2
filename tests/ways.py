"""CRUD as each kind of session does it, in one spelling, so that a test of the one is a test of the other."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import sqlalchemy as sa

import models
from models import AsyncCrud, Crud, Scope, async_transaction, open_async_engine, open_engine, transaction


class Opening(Protocol):
    """Opens CRUD on a scope, in a transaction in the name of a user; `bypass` for none."""

    def __call__(self, scope: Scope[Any, Any, Any], user: uuid.UUID | None = None) -> AbstractContextManager[Any]: ...


class Awaited:
    """An AsyncCrud whose methods can be called without await."""

    def __init__(self, crud: AsyncCrud[Any, Any, Any], runner: asyncio.Runner) -> None:
        self.crud = crud
        self.runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self.runner.run(getattr(self.crud, name)(*args, **kwargs))


@contextmanager
def sync_ways(url: str) -> Iterator[Opening]:
    engine = open_engine(url)

    @contextmanager
    def opened(scope: Scope[Any, Any, Any], user: uuid.UUID | None = None) -> Iterator[Any]:
        with transaction(engine, user or dict(scope.fixed).get("user_id")) as session:
            yield Crud(session, scope)

    yield opened
    engine.dispose()


@contextmanager
def async_ways(url: str) -> Iterator[Opening]:
    with asyncio.Runner() as runner:
        engine = open_async_engine(url)

        @contextmanager
        def opened(scope: Scope[Any, Any, Any], user: uuid.UUID | None = None) -> Iterator[Any]:
            manager = async_transaction(engine, user or dict(scope.fixed).get("user_id"))
            session = runner.run(_awaited(manager.__aenter__()))
            try:
                yield Awaited(AsyncCrud(session, scope), runner)
            except BaseException as error:
                if not runner.run(_awaited(manager.__aexit__(type(error), error, error.__traceback__))):
                    raise
            else:
                runner.run(_awaited(manager.__aexit__(None, None, None)))

        yield opened
        runner.run(engine.dispose())


async def _awaited(something: Any) -> Any:
    return await something


@contextmanager
def loosened(url: str) -> Iterator[None]:
    """Switch row-level security off: nothing but the scope keeps users apart."""
    engine = open_engine(url)
    tables = [name for name, table in models.metadata.tables.items() if not models.base.is_read_only(table)]
    with engine.begin() as connection:
        for table in tables:
            connection.execute(sa.text(f"alter table {table} disable row level security"))
    yield
    engine.dispose()
