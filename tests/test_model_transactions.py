"""Transactions of the models: they commit or roll back, belong to one user, and are run again when that is safe."""

from __future__ import annotations

import asyncio
import random
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import psycopg
import pytest
import sqlalchemy as sa
from garden import ALICE, BOB, added, task
from pooler import free_port, pooled
from psycopg.conninfo import make_conninfo
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Session, select
from sqlmodel.ext.asyncio.session import AsyncSession
from visitors import login
from wire import cut_after_commit

from models import (
    BusyError,
    CommitUnknownError,
    ConflictError,
    NotFoundError,
    Patience,
    Pool,
    Task,
    UnavailableError,
    acting_as,
    async_dependency,
    async_transaction,
    dependency,
    open_async_engine,
    open_engine,
    run,
    run_async,
    transaction,
)

QUICK = Patience(first=0.001, longest=0.01)
NOBODY = "select current_setting('app.user_id', true), app_user_id()"


@pytest.fixture(params=["direct", "transaction"])
def web(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """The URL of an unprivileged login, direct or through PgBouncer with two server sessions for all."""
    with login(database_url) as url:
        if request.param == "direct":
            yield url
            return
        with pooled(url, default_pool_size=2) as through:
            yield through


@pytest.fixture
def engine(web: str) -> Iterator[sa.Engine]:
    made = open_engine(web)
    yield made
    made.dispose()


@asynccontextmanager
async def opened_async(url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_async_engine(url)
    yield engine
    await engine.dispose()


def titles(session: Session) -> list[str]:
    return sorted(row.title for row in session.exec(select(Task)))


# -- commit and roll back ---------------------------------------------------------------------------------------------


def test_it_commits_at_the_end_and_rows_stay_readable(engine: sa.Engine) -> None:
    with transaction(engine, ALICE) as session:
        made = added(session, task())
    assert (made.title, made.version) == ("Water the tomatoes", 1)
    with transaction(engine, ALICE) as session:
        assert titles(session) == ["Water the tomatoes"]


def test_it_rolls_back_on_any_error(engine: sa.Engine) -> None:
    def fail(session: Session) -> None:
        added(session, task())
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"), transaction(engine, ALICE) as session:
        fail(session)
    with transaction(engine, ALICE) as session:
        assert titles(session) == []


def test_a_part_may_fail_in_a_savepoint(engine: sa.Engine) -> None:
    with transaction(engine, ALICE) as session:
        added(session, task(id=uuid.UUID(int=1)))
        with pytest.raises(ConflictError), session.begin_nested():
            added(session, task(id=uuid.UUID(int=1)))
        added(session, task(title="after"))
    with transaction(engine, ALICE) as session:
        assert titles(session) == ["Water the tomatoes", "after"]


def test_an_isolation_level_is_chosen_for_one(engine: sa.Engine) -> None:
    shown = sa.text("select current_setting('transaction_isolation')")
    with transaction(engine, isolation="SERIALIZABLE") as session:
        assert session.scalar(shown) == "serializable"
    with transaction(engine) as session:
        assert session.scalar(shown) == "read committed"


def test_dependencies_are_transactions(engine: sa.Engine) -> None:
    opening = dependency(engine, user_id=ALICE)()
    added(next(opening), task())
    assert list(opening) == []
    failing = dependency(engine, user_id=ALICE)()
    added(next(failing), task(title="not kept"))
    with pytest.raises(KeyError):
        failing.throw(KeyError())  # type: ignore[attr-defined]
    with transaction(engine, ALICE) as session:
        assert titles(session) == ["Water the tomatoes"]


def test_async_is_the_same(web: str) -> None:
    async def live() -> tuple[list[str], list[str]]:
        async with opened_async(web) as engine:
            opening = async_dependency(engine, user_id=ALICE)()
            (await anext(opening)).add(task())
            assert [row async for row in opening] == []
            async with async_transaction(engine, BOB) as session:
                session.add(task(user_id=BOB, title="Bob's"))
            with pytest.raises(ConflictError):
                async with async_transaction(engine, BOB) as session:
                    session.add_all([task(user_id=BOB, id=uuid.UUID(int=1)) for _ in range(2)])
            found = []
            for user in (ALICE, BOB):
                async with async_transaction(engine, user, isolation="SERIALIZABLE") as session:
                    found.append([row.title for row in await session.exec(select(Task))])
            return found[0], found[1]

    assert asyncio.run(live()) == (["Water the tomatoes"], ["Bob's"])


# -- in the name of a user --------------------------------------------------------------------------------------------


def test_a_user_stays_for_every_transaction_of_a_session(engine: sa.Engine) -> None:
    with Session(engine) as session:
        acting_as(session, ALICE)
        added(session, task())
        session.commit()
        assert titles(session) == ["Water the tomatoes"]
        session.rollback()
        with session.begin_nested():
            assert titles(session) == ["Water the tomatoes"]
    with transaction(engine) as session:
        assert titles(session) == []


def test_nothing_of_a_user_is_left_on_a_connection(engine: sa.Engine, web: str) -> None:
    with transaction(engine, ALICE) as session:
        assert session.scalar(sa.text("select app_user_id()")) == ALICE
    for _ in range(4):
        with transaction(engine) as session:
            assert session.execute(sa.text(NOBODY)).one() in (("", None), (None, None))


def test_users_at_once_see_themselves(engine: sa.Engine) -> None:
    """Many more users than server sessions; between two transactions a session is somebody else's."""
    for user in (ALICE, BOB):
        with transaction(engine, user) as session:
            added(session, task(user_id=user, title=str(user)))

    def look(user: uuid.UUID | None) -> bool:
        with Session(engine) as session:
            if user:
                acting_as(session, user)
            seen = []
            for _ in range(5):
                seen += [titles(session)]
                session.commit()
            return seen == [[str(user)] if user else []] * 5

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(look, [ALICE, BOB, None] * 20))


def test_a_session_has_one_user(engine: sa.Engine) -> None:
    with Session(engine) as session:
        acting_as(acting_as(session, ALICE), ALICE)
        with pytest.raises(RuntimeError, match="the rows of another user: open another session"):
            acting_as(session, BOB)


@pytest.mark.parametrize("user", [None, ""])
def test_a_user_is_somebody(user: str | None, engine: sa.Engine) -> None:
    with Session(engine) as session, pytest.raises(ValueError, match="no user"):
        acting_as(session, user)


def test_a_role_without_a_user_is_an_error_and_not_left_out(engine: sa.Engine, web: str) -> None:
    """A user who is None by mistake would else work in nobody's name as the login, which may do more."""
    with pytest.raises(ValueError, match="no user"), transaction(engine, None, role="todo_app"):
        pytest.fail("it began")
    with pytest.raises(ValueError, match="no user"):
        run(engine, lambda _: pytest.fail("it began"), role="todo_app")

    async def opened() -> None:
        engine = open_async_engine(web, pool=None)
        async with async_transaction(engine, role="todo_app"):
            pytest.fail("it began")

    with pytest.raises(ValueError, match="no user"):
        asyncio.run(opened())


def test_a_transaction_that_has_begun_takes_no_user(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.connection()
        with pytest.raises(RuntimeError, match="call acting_as before the first statement"):
            acting_as(session, ALICE)


def test_a_role_that_no_policy_binds_is_refused(database_url: str) -> None:
    """Or else row-level security would be there, and do nothing; a role makes it bind a superuser, too."""
    with login(database_url):
        engine = open_engine(database_url)
        with transaction(engine, ALICE, bypass=True) as session:
            added(session, task())
        with transaction(engine, BOB, role="todo_app") as session:
            assert titles(session) == []
        with transaction(engine, ALICE, role="todo_app") as session:
            assert titles(session) == ["Water the tomatoes"]
        with Session(engine) as session:
            acting_as(session, BOB)
            with pytest.raises(RuntimeError, match="row-level security does not bind"):
                titles(session)
            with pytest.raises(sa.exc.PendingRollbackError):
                titles(session)
        with transaction(engine) as session:
            assert session.scalar(sa.text("select current_user <> 'todo_app'"))
        engine.dispose()


# -- again ------------------------------------------------------------------------------------------------------------


def test_pauses_are_random_bounded_and_end() -> None:
    random.seed(1)
    pauses = list(Patience(attempts=6, first=1, longest=4, deadline=1000).pauses())
    assert pauses[-1] is None
    limits = [1, 2, 4, 4, 4]
    assert all(pause is not None and 0 <= pause <= limit for pause, limit in zip(pauses, limits, strict=False))
    assert len(set(pauses)) == 6
    assert list(Patience(attempts=3, deadline=0).pauses()) == [None, None, None]


def count(session: Session) -> int:
    return len(titles(session))


def test_two_that_cannot_be_serialized_both_succeed(engine: sa.Engine) -> None:
    """Each adds a task with the number of tasks that it saw: run one after the other they see 0 and 1."""
    met = threading.Barrier(2)
    attempts: list[int] = []

    def work(session: Session) -> int:
        seen = count(session)
        attempts.append(seen)
        if len(attempts) <= 2:
            met.wait(10)
        added(session, task(title=str(seen)))
        return seen

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(run, engine, work, ALICE, patience=QUICK, isolation="SERIALIZABLE") for _ in range(2)]
        assert sorted(one.result() for one in done) == [0, 1]
    assert len(attempts) == 3
    with transaction(engine, ALICE) as session:
        assert titles(session) == ["0", "1"]


def test_a_unit_whose_connection_was_lost_is_run_again(engine: sa.Engine, database_url: str) -> None:
    attempts = []

    def work(session: Session) -> uuid.UUID:
        made: Task = added(session, task())
        attempts.append(made.id)
        if len(attempts) < 3:
            with psycopg.connect(database_url, autocommit=True) as conn:
                user = session.scalar(sa.text("select current_user"))
                conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [user])
            session.execute(sa.text("select 1"))
        return made.id

    key = run(engine, work, ALICE, patience=QUICK)
    assert key == attempts[2]
    with transaction(engine, ALICE) as session:
        assert [row.id for row in session.exec(select(Task))] == [key]


def test_async_units_are_run_again(web: str) -> None:
    attempts = []

    async def work(session: AsyncSession) -> int:
        attempts.append(1)
        await session.exec(select(Task))
        if len(attempts) < 3:
            raise BusyError(code="serialization")
        return len(attempts)

    async def live() -> int:
        async with opened_async(web) as engine:
            return await run_async(engine, work, ALICE, patience=QUICK)

    assert asyncio.run(live()) == 3


def test_a_database_that_wakes_up_late_is_waited_for(database_url: str) -> None:
    """Connections are refused at first, as by a compute that sleeps or starts."""
    port = free_port()
    with login(database_url) as url:
        late = make_conninfo(url, host="127.0.0.1", port=port)
        engine, patience = open_engine(late), Patience(attempts=100, first=0.1, longest=0.2, deadline=30)
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(run, engine, count, ALICE, patience=patience)
            with pytest.raises(TimeoutError):
                answer.result(0.3)
            with pooled(url, port=port):
                assert answer.result(30) == 0
                engine.dispose()


@pytest.mark.parametrize("error", [NotFoundError, ConflictError, CommitUnknownError])
def test_what_would_fail_again_is_not_run_again(error: type[Exception], engine: sa.Engine) -> None:
    attempts = []

    def work(_: Session) -> None:
        attempts.append(1)
        raise error

    with pytest.raises(error):
        run(engine, work, ALICE, patience=QUICK)
    assert attempts == [1]


def test_patience_ends(engine: sa.Engine) -> None:
    attempts = []

    def work(_: Session) -> None:
        attempts.append(1)
        raise BusyError(code="locked")

    with pytest.raises(BusyError):
        run(engine, work, ALICE, patience=QUICK)
    assert len(attempts) == QUICK.attempts


def test_nobody_there(web: str) -> None:
    engine = open_engine("postgresql://web@127.0.0.1:1/todo", pool=None)
    with pytest.raises(UnavailableError):
        run(engine, count, ALICE, patience=QUICK)


# -- a commit whose answer is lost ------------------------------------------------------------------------------------


def test_a_commit_whose_answer_is_lost_is_not_repeated(web: str, engine: sa.Engine) -> None:
    attempts = []

    def work(session: Session) -> None:
        attempts.append(added(session, task()))

    with cut_after_commit(web) as url:
        cut = open_engine(url, pool=Pool())
        with pytest.raises(CommitUnknownError):
            run(cut, work, ALICE, patience=QUICK)
        cut.dispose()
    assert len(attempts) == 1
    with transaction(engine, ALICE) as session:
        assert count(session) == 1, "the commit was carried out: a second attempt would have made two"
