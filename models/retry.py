"""Units of work that are run again when the database was asleep, went away, or let somebody else go first."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from .errors import DatabaseError
from .session import async_transaction, transaction

__all__ = ["Patience", "run", "run_async"]

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlmodel.ext.asyncio.session import AsyncSession

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a unit is tried, and for how long; times in seconds.

    The pause is anything up to a limit that doubles: those who collided once would collide again after equal pauses.
    """

    attempts: int = 5
    first: float = 0.05
    longest: float = 2.0
    deadline: float = 15.0

    def pauses(self) -> Iterator[float | None]:
        """Yield the pause after each attempt; None after the last."""
        end = time.monotonic() + self.deadline
        for attempt in range(self.attempts - 1):
            limit = min(self.longest, self.first * 2**attempt)
            pause = random.uniform(0, limit)  # noqa: S311 (nobody gains by guessing it)
            yield pause if time.monotonic() + pause < end else None
        yield None


def run(
    engine: Engine,
    work: Callable[[Session], T],
    user_id: Any = None,
    *,
    patience: Patience | None = None,
    **choices: Any,
) -> T:
    """Run a unit of work in a transaction of its own and return what it returns; `choices` are those of `transaction`.

    It is run again, whole, after a BusyError or UnavailableError: its transaction is undone then, so let it do nothing
    that the database cannot undo. A CommitUnknownError is never followed by another attempt.
    """
    for pause in (patience or Patience()).pauses():
        try:
            with transaction(engine, user_id, **choices) as session:
                return work(session)
        except DatabaseError as error:
            if pause is None or not error.retryable:
                raise
        time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


async def run_async(
    engine: "AsyncEngine",
    work: Callable[["AsyncSession"], Awaitable[T]],
    user_id: Any = None,
    *,
    patience: Patience | None = None,
    **choices: Any,
) -> T:
    """Do what `run` does, for `async`."""
    for pause in (patience or Patience()).pauses():
        try:
            async with async_transaction(engine, user_id, **choices) as session:
                return await work(session)
        except DatabaseError as error:
            if pause is None or not error.retryable:
                raise
        await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
