"""Errors of the models: what the server refuses becomes a status, a code, a field and a sentence for people."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from garden import ALICE, BOB, NOON, added, task
from pooler import pooled
from psycopg import errors as server
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session
from tiny import wait_until
from visitors import login

import models
from models import (
    BusyError,
    Comment,
    CommitUnknownError,
    ConflictError,
    DatabaseError,
    ForbiddenError,
    InvalidError,
    Project,
    Tag,
    Task,
    TaskAssignment,
    TimeBlock,
    TimedOutError,
    UnavailableError,
    errors,
    open_engine,
    transaction,
)

TRAP = 'how to fix a "unique constraint" error'
HOUR = dt.timedelta(hours=1)


@pytest.fixture(params=["direct", "transaction"])
def web(request: pytest.FixtureRequest, database_url: str) -> Iterator[sa.Engine]:
    """An engine of an unprivileged login, direct or through PgBouncer."""
    with login(database_url) as url:
        if request.param == "direct":
            engine = open_engine(url)
            yield engine
            engine.dispose()
            return
        with pooled(url) as through:
            engine = open_engine(through)
            yield engine
            engine.dispose()


def block(start: dt.timedelta) -> TimeBlock:
    return TimeBlock(user_id=ALICE, during=Range(NOON + start, NOON + start + HOUR))


def twice(session: Session, make: Callable[[], Any]) -> None:
    added(session, make())
    added(session, make())


def deferred(session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden"))
    session.execute(sa.text("set constraints all deferred"))
    added(session, task(project_id=project.id, position=1), task(project_id=project.id, position=1))


def refused(engine: sa.Engine, work: Callable[[Session], Any]) -> DatabaseError:
    """Let Alice do something that fails, and return how."""
    with pytest.raises(DatabaseError) as caught, transaction(engine, ALICE) as session:
        work(session)
    return caught.value


Scene = tuple[Callable[[Session], Any], type[DatabaseError], str, str | None, str]

SCENES: dict[str, Scene] = {
    "unique index": (
        lambda s: twice(s, lambda: Tag(user_id=ALICE, name="later")),
        ConflictError, "unique", "name", "Name is already taken.",
    ),
    "unique constraint, at commit": (deferred, ConflictError, "unique", "position", "Position is already taken."),
    "primary key": (
        lambda s: twice(s, lambda: task(id=uuid.UUID(int=1))), ConflictError, "unique", "id", "Id is already taken.",
    ),
    "foreign key": (
        lambda s: added(s, task(parent_id=uuid.uuid4())),
        InvalidError, "foreign_key", "parent_id", "Parent does not exist.",
    ),
    "check": (
        lambda s: added(s, task(title=TRAP, priority=9)), InvalidError, "check", "priority", "Priority is not valid.",
    ),
    "check of two columns": (
        lambda s: added(s, task(tags=["x"] * 21)), InvalidError, "check", "tags", "Tags is not valid.",
    ),
    "check of a domain": (
        lambda s: added(s, Project(user_id=ALICE, name="n", color="red")),
        InvalidError, "check", None, "A value is not valid.",
    ),
    "not null": (
        lambda s: s.execute(sa.insert(Project).values(user_id=ALICE, name=None)),
        InvalidError, "not_null", "name", "Name is required.",
    ),
    "exclusion": (
        lambda s: added(s, block(HOUR * 0), block(HOUR / 2)),
        InvalidError, "exclusion", "during", "During overlaps with another.",
    ),
    "too long": (lambda s: added(s, task(title="x" * 201)), InvalidError, "too_long", None, "A value is too long."),
    "too large": (
        lambda s: added(s, task(priority=70000)),
        InvalidError, "out_of_range", None, "A number is too large or too small.",
    ),
    "NUL": (lambda s: added(s, task(title="a\0b")), InvalidError, "value", None, "A value is not valid."),
    "policy": (lambda s: added(s, task(user_id=BOB)), ForbiddenError, "forbidden", None, "This is not allowed."),
    "no right": (
        lambda s: s.execute(sa.text("update tasks set user_id = user_id")),
        ForbiddenError, "forbidden", None, "This is not allowed.",
    ),
    "timeout": (
        lambda s: s.execute(sa.text("set local statement_timeout = '20ms'; select pg_sleep(5)")),
        TimedOutError, "timeout", None, "This took too long.",
    ),
    "a mistake of ours": (
        lambda s: s.execute(sa.text("select nonsense")), DatabaseError, "error", None, "Something went wrong.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_what_the_server_refuses(name: str, web: sa.Engine) -> None:
    act, kind, code, field, message = SCENES[name]
    error = refused(web, act)
    assert type(error) is kind
    assert error.answer() == {"status": kind.status, "code": code, "field": field, "message": message}
    with transaction(web, ALICE) as session:  # the connection is in order
        added(session, task())


def test_statuses_are_data() -> None:
    assert {kind.__name__: kind.status for kind in _kinds(DatabaseError)} == {
        "DatabaseError": 500,
        "InvalidError": 400,
        "InputError": 422,
        "ForbiddenError": 403,
        "NotFoundError": 404,
        "ConflictError": 409,
        "StaleError": 409,
        "BusyError": 503,
        "TimedOutError": 503,
        "UnavailableError": 503,
        "CommitUnknownError": 500,
    }


def _kinds(kind: type[DatabaseError]) -> Iterator[type[DatabaseError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


def test_every_error_is_exported() -> None:
    assert {kind.__name__ for kind in _kinds(DatabaseError)} <= set(models.__all__)


def test_the_language_of_the_server_does_not_matter(database_url: str) -> None:
    engine = open_engine(database_url)
    german = "doppelter Schlüsselwert verletzt Unique-Constraint »tasks_title_check«"
    raising = (
        f"raise unique_violation using message = '{german}', table = 'tags', constraint = 'tags_user_id_lower_idx'"
    )
    with engine.connect() as connection, pytest.raises(ConflictError) as caught:
        connection.execute(sa.text(f"do $$ begin {raising}; end $$"))
    assert str(caught.value) == "Name is already taken."
    engine.dispose()


def test_a_rule_of_a_trigger_is_one_of_the_table(database_url: str) -> None:
    """`raise … using errcode, constraint` maps as a constraint does."""
    engine = open_engine(database_url)
    raising = "raise check_violation using table = 'tasks', schema = 'public', constraint = 'tasks_title_check'"
    with engine.connect() as connection, pytest.raises(InvalidError) as caught:
        connection.execute(sa.text(f"do $$ begin {raising}; end $$"))
    assert caught.value.answer() == {
        "status": 400, "code": "check", "field": "title", "message": "Title is not valid.",
    }  # fmt: skip
    engine.dispose()


def test_a_parent_that_is_in_use(database_url: str) -> None:
    """Without a cascade a delete of the parent violates the child's key: nothing that the client sent is wrong."""
    engine = open_engine(database_url)
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("insert into users (id, name, email, email_verified) values (%s, 'a', 'a', true)", [ALICE])
        for action in ("no action", "restrict"):
            conn.execute("drop table if exists uses")
            conn.execute(f"create table uses (task_id uuid references tasks on delete {action})")
            with transaction(engine) as session:
                made = added(session, task())
                session.execute(sa.text("insert into uses values (:id)"), {"id": made.id})
            with pytest.raises(InvalidError) as caught, transaction(engine) as session:
                session.delete(session.get_one(Task, made.id))
            assert (caught.value.code, str(caught.value)) == ("in_use", "This is still in use.")
    engine.dispose()


# -- fields -----------------------------------------------------------------------------------------------------------


def test_every_constraint_of_the_models_has_its_columns(conn: psycopg.Connection[Any]) -> None:
    """What the names of constraints lead to is what the catalog says; of expressions, the columns they use."""
    found = conn.execute(
        """
        select conrelid::regclass::text, conname, array_agg(attname::text order by place)
        from pg_constraint, unnest(conkey) with ordinality as key (number, place), pg_attribute
        where attrelid = conrelid and attnum = number and contype <> 'n' and conrelid::regclass::text = any (%s)
        group by 1, 2
        """,
        [list(models.metadata.tables)],
    ).fetchall()
    assert len(found) > 50
    for name, constraint, columns in found:
        table = models.metadata.tables[name]
        if not table.info.get("external"):
            assert set(errors.fields_of(table, constraint)) == set(columns), constraint


def test_a_word_in_quotes_is_no_column() -> None:
    rule = sa.CheckConstraint("b <> 'a' and b <> 'it''s a'", name="rule")
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Text), sa.Column("b", sa.Text), rule)
    assert errors.fields_of(table, "rule") == ("b",)


def test_unknown_names_lead_to_no_field() -> None:
    assert errors.fields_of(models.metadata.tables["tasks"], "somebody_elses") == ()


# -- versions, locks and lost connections -----------------------------------------------------------------------------


def test_the_second_writer_through_a_session_is_told(web: sa.Engine) -> None:
    with transaction(web, ALICE) as session:
        key = added(session, task()).id

    def change_late(session: Session) -> None:
        row = session.get_one(Task, key)
        with transaction(web, ALICE) as other:
            other.get_one(Task, key).title = "second"
        row.title = "first"

    assert refused(web, change_late).answer()["code"] == "stale"


def test_a_deadlock_is_told_as_such(web: sa.Engine) -> None:
    with transaction(web, ALICE) as session:
        keys = [added(session, task()).id for _ in range(2)]
    met, caught = threading.Barrier(2), []

    def lock(order: list[uuid.UUID]) -> None:
        try:
            with transaction(web, ALICE) as session:
                session.get_one(Task, order[0]).title = "x"
                session.flush()
                met.wait(10)
                session.get_one(Task, order[1]).title = "x"
        except DatabaseError as error:
            caught.append(error)

    threads = [threading.Thread(target=lock, args=[order]) for order in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [(type(error), error.code, error.retryable) for error in caught] == [(BusyError, "deadlock", True)]


def test_a_lock_that_is_taken(web: sa.Engine) -> None:
    with transaction(web, ALICE) as session:
        key = added(session, task()).id
    with transaction(web, ALICE) as one:
        one.get_one(Task, key, with_for_update=True)
        with pytest.raises(BusyError) as caught, transaction(web, ALICE) as other:
            other.get_one(Task, key, with_for_update={"nowait": True})
    assert caught.value.code == "locked"


def kill(url: str, user: str, where: str = "true") -> int:
    with psycopg.connect(url, autocommit=True) as conn:
        query = f"select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = %s and {where}"
        row = conn.execute(query, [user]).fetchone()
        assert row is not None
        return int(row[0])


def test_a_connection_lost_before_commit_changed_nothing(web: sa.Engine, database_url: str) -> None:
    def work(session: Session) -> None:
        added(session, task(id=uuid.UUID(int=1)))
        kill(database_url, session.scalar(sa.text("select current_user")))
        session.execute(sa.text("select 1"))

    error = refused(web, work)
    assert (type(error), error.retryable) == (UnavailableError, True)
    with transaction(web, ALICE) as session:
        assert session.get(Task, uuid.UUID(int=1)) is None


SLOW_COMMIT = """
create function sleep() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return null; end $$;
create constraint trigger sleep after insert on comments deferrable initially deferred
    for each row execute function sleep();
"""


def test_a_connection_lost_during_commit_leaves_it_open(web: sa.Engine, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(SLOW_COMMIT)

    def kill_commit(user: str) -> None:
        wait_until(lambda: kill(database_url, user, "query = 'COMMIT' and state = 'active'"))

    def work(session: Session) -> None:
        added(session, Comment(user_id=ALICE, task_id=added(session, task()).id, body="b"))
        user = session.scalar(sa.text("select current_user"))
        threading.Thread(target=kill_commit, args=[user]).start()

    error = refused(web, work)
    assert (type(error), error.retryable) == (CommitUnknownError, False)
    assert error.answer() == {
        "status": 500,
        "code": "commit_unknown",
        "field": None,
        "message": "It is not known whether this was saved. Look before you do it again.",
    }
    with transaction(web, ALICE) as session:
        added(session, task())


def test_a_statement_that_commits_by_itself_leaves_it_open_too(web: sa.Engine) -> None:
    engine = web.execution_options(isolation_level="AUTOCOMMIT")
    with pytest.raises(CommitUnknownError), engine.connect() as connection:
        connection.execute(sa.text("select pg_terminate_backend(pg_backend_pid())"))


def test_a_commit_that_was_refused_is_not_open(web: sa.Engine) -> None:
    assert type(refused(web, deferred)) is ConflictError


def test_a_transaction_after_a_commit_is_judged_by_itself(web: sa.Engine, database_url: str) -> None:
    def work(session: Session) -> None:
        added(session, task())
        session.commit()
        kill(database_url, session.scalar(sa.text("select current_user")))
        session.rollback()

    assert type(refused(web, work)) is UnavailableError


# -- what is shown ----------------------------------------------------------------------------------------------------


def test_no_text_of_the_server_is_shown(web: sa.Engine) -> None:
    for act, *_ in SCENES.values():
        error = refused(web, act)
        shown = f"{error} {error!r} {error.answer()}"
        for word in ("violates", "constraint", "insert", "relation", "tasks", "select", str(ALICE), "unique constr"):
            assert word not in shown.lower()


def test_an_empty_pool_is_unavailable(database_url: str) -> None:
    engine = open_engine(database_url, pool=models.Pool(size=1, overflow=0, timeout=0.05))
    with transaction(engine) as one:
        one.connection()
        with pytest.raises(UnavailableError), transaction(engine) as other:
            other.connection()
    engine.dispose()


def test_the_cause_is_kept_for_the_log(web: sa.Engine) -> None:
    error = refused(web, SCENES["unique index"][0])
    assert isinstance(error.__cause__, server.UniqueViolation)
    assert (error.constraint, error.sqlstate) == ("tags_user_id_lower_idx", "23505")


def test_an_assignment_that_exists(web: sa.Engine) -> None:
    with transaction(web, ALICE) as session:
        key = added(session, task()).id
    error = refused(web, lambda s: twice(s, lambda: TaskAssignment(task_id=key, user_id=BOB, assigned_by=ALICE)))
    assert error.fields == ("task_id", "user_id")
