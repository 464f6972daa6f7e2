"""Sessions that commit at the end or roll back, in the name of a user."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, TextClause, event, text
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from . import errors

__all__ = ["acting_as", "async_dependency", "async_transaction", "dependency", "transaction"]

if TYPE_CHECKING:  # without greenlet these cannot be imported, and who is not async needs none
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.ext.asyncio import AsyncSession as AnyAsyncSession
    from sqlmodel.ext.asyncio.session import AsyncSession

# what the policies read: app_user_id() in sql/migrations
SETTING = "app.user_id"

# in one round trip, and local to the transaction: a pooler lends the server's session to others after it
USER = "pg_catalog.set_config(:setting, :user, true)"
ROLE = "pg_catalog.set_config('role', :role, true)"
BYPASS = "(select rolname from pg_catalog.pg_roles where rolname = current_user and (rolsuper or rolbypassrls))"

S = TypeVar("S", bound="AnySession | AnyAsyncSession")


def acting_as(session: S, user_id: Any, *, role: str | None = None, bypass: bool = False, setting: str = SETTING) -> S:
    """Put every transaction of the session, also those after a commit, in the name of a user.

    `role` is what they work as (`set local role`), for a login that may do more than its users. A role that no policy
    binds, as the first one at Neon and most clouds, is an error, unless `bypass` says that it is meant.
    """
    if user_id is None or not str(user_id):
        raise ValueError("no user: acting_as needs an id")
    sync: Any = getattr(session, "sync_session", session)
    if sync.info.get(setting, user_id) != user_id:
        raise RuntimeError("the session holds the rows of another user: open another session")
    if sync.in_transaction():
        raise RuntimeError("the transaction has begun without its user: call acting_as before the first statement")
    if setting not in sync.info:
        sync.info[setting] = user_id
        _begin_with(sync, _statement(setting, str(user_id), role), bypass)
    return session


def _statement(setting: str, user: str, role: str | None) -> TextClause:
    values = {"setting": setting, "user": user}
    if role is None:
        return text(f"select {USER}, {BYPASS} as bypass").bindparams(**values)
    return text(f"select {ROLE}, {USER}, {BYPASS} as bypass").bindparams(role=role, **values)


def _begin_with(session: AnySession, statement: TextClause, bypass: bool) -> None:
    @event.listens_for(session, "after_begin")
    def begin(_session: AnySession, transaction: SessionTransaction, connection: Connection) -> None:
        if transaction.nested:  # a savepoint has the settings of its transaction
            return
        role = connection.execute(statement).one().bypass
        if role is not None and not bypass:
            connection.invalidate()  # nothing else may be asked on it
            raise RuntimeError(
                f"row-level security does not bind {role}: pass role=..., connect as another, or pass bypass=True"
            )


@contextmanager
def transaction(
    engine: Engine, user_id: Any = None, *, role: str | None = None, bypass: bool = False, isolation: Any = None
) -> Iterator[Session]:
    """Open a session, commit at the end, roll back on any error; rows stay readable afterwards.

    `user_id`, `role` and `bypass` are those of `acting_as`; without a user it works in nobody's name, as the login.
    """
    with errors.translated(), Session(_at(engine, isolation), expire_on_commit=False) as session:
        if user_id is not None or role is not None:
            acting_as(session, user_id, role=role, bypass=bypass)
        yield session
        session.commit()


@asynccontextmanager
async def async_transaction(
    engine: "AsyncEngine", user_id: Any = None, *, role: str | None = None, bypass: bool = False, isolation: Any = None
) -> AsyncIterator["AsyncSession"]:
    """Do what `transaction` does, for `async`."""
    from sqlmodel.ext.asyncio.session import AsyncSession

    with errors.translated():
        async with AsyncSession(_at(engine, isolation), expire_on_commit=False) as session:
            if user_id is not None or role is not None:
                acting_as(session, user_id, role=role, bypass=bypass)
            yield session
            await session.commit()


def dependency(engine: Engine, **choices: Any) -> Callable[[], Iterator[Session]]:
    """Return a dependency for FastAPI: ``Depends(dependency(engine), scope="function")``.

    Without that scope FastAPI answers first and commits then, and a client is told of success that is not there.
    """

    def session() -> Iterator[Session]:
        with transaction(engine, **choices) as opened:
            yield opened

    return session


def async_dependency(engine: "AsyncEngine", **choices: Any) -> Callable[[], AsyncIterator["AsyncSession"]]:
    """Do what `dependency` does, for `async`."""

    async def session() -> AsyncIterator["AsyncSession"]:
        async with async_transaction(engine, **choices) as opened:
            yield opened

    return session


E = TypeVar("E", Engine, "AsyncEngine")


def _at(engine: E, isolation: Any) -> E:
    return engine if isolation is None else engine.execution_options(isolation_level=isolation)
