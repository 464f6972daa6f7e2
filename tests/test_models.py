"""What the table models write and read on the real server: values, column by column."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from garden import ALICE, HOUR, NOON, WEEKLY, added, opened, rows, task
from psycopg.types.composite import CompositeInfo, register_composite
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col, select

import models
from models import (
    AuditLog,
    MemberRole,
    Project,
    Recurrence,
    RecurrenceFrequency,
    Task,
    TaskStatus,
    TimeBlock,
)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    with opened(database_url) as made:
        yield made


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as made:
        yield made


# -- every column goes in and comes out as it was ---------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(rows())), ids=[type(row).__name__ for row in rows()])
def test_each_column_goes_in_and_comes_out(number: int, engine: sa.Engine) -> None:
    written = rows()[: number + 1]
    model = type(written[-1])
    with Session(engine) as session:
        for row in written:
            added(session, row)
        session.commit()
    with Session(engine) as session:
        key = sa.inspect(model).primary_key_from_instance(rows()[number])
        found = session.get_one(model, tuple(key))
        wanted = rows()[number]
        for name in wanted.model_fields_set:
            assert getattr(found, name) == getattr(wanted, name), name
            assert type(getattr(found, name)) is type(getattr(wanted, name)), name


def test_each_table_has_such_a_row() -> None:
    tables = {t.name for t in models.metadata.tables.values() if not models.base.is_read_only(t)}
    assert {type(row).__tablename__ for row in rows()} == tables


def test_the_database_fills_in_what_is_left_out(session: Session) -> None:
    made = added(session, task(project=Project(user_id=ALICE, name="Garden")))
    assert (made.status, made.priority, made.tags, made.metadata_) == (TaskStatus.TODO, 3, [], {})
    assert (made.version, made.search_vector) == (1, "'tomato':3A 'water':1A")
    assert isinstance(made.id, uuid.UUID)
    assert made.created_at == made.updated_at
    assert made.project.color == "#64748b"
    assert not sa.inspect(made).expired_attributes


# -- values -----------------------------------------------------------------------------------------------------------


def test_none_is_null_and_not_the_json_value_null(session: Session) -> None:
    added(session, AuditLog(action=models.AuditAction.INSERT, table_name="t", row_key="1", old_row=None, new_row={}))
    assert session.scalar(sa.text("select old_row is null from audit_log")) is True


def test_a_required_json_column_refuses_none(session: Session) -> None:
    made = added(session, task())
    made.metadata_ = None
    with pytest.raises(exc.IntegrityError, match="not-null"):
        session.flush()


def test_no_nullable_column_has_a_default() -> None:
    """Else an explicit None would be stored as the default: SQLAlchemy leaves None out of an insert."""
    assert [
        str(column)
        for table in models.metadata.tables.values()
        for column in table.columns
        if column.nullable and isinstance(column.server_default, sa.DefaultClause)
    ] == []


def test_arrays_are_not_cut(session: Session) -> None:
    long = "x" * 300
    assert added(session, task(tags=[long])).id
    session.expire_all()
    assert session.exec(select(Task)).one().tags == [long]


def test_too_long_a_text_is_refused_and_not_cut(session: Session) -> None:
    with pytest.raises(exc.DataError, match="character varying\\(200\\)"):
        added(session, task(title="x" * 201))


def test_labels_are_stored_and_not_names(session: Session) -> None:
    added(session, task(status=TaskStatus.IN_PROGRESS))
    assert session.scalar(sa.text("select status::text from tasks")) == "in_progress"
    assert (
        session.exec(select(Task).where(Task.status == TaskStatus.IN_PROGRESS)).one().status is TaskStatus.IN_PROGRESS
    )


def test_labels_are_strings_and_compare_as_in_postgresql(session: Session) -> None:
    assert (str(TaskStatus.TODO), f"{TaskStatus.TODO}", TaskStatus.TODO) == ("todo", "todo", "todo")
    for labels in (MemberRole, TaskStatus, RecurrenceFrequency, models.AssignmentStatus, models.AuditAction):
        assert sorted(set(labels)) == list(labels)
    assert MemberRole.OWNER < MemberRole.EDITOR < MemberRole.VIEWER
    assert MemberRole.OWNER <= "owner" < MemberRole.EDITOR > "owner"
    assert max(MemberRole) >= MemberRole.VIEWER
    database = session.scalar(
        sa.text("select array_agg(r order by r)::text[] from unnest(enum_range(null::member_role)) as r")
    )
    assert database == sorted(MemberRole)


@pytest.mark.parametrize("column", ["due_at", "deleted_at", "completed_at", "created_at"])
def test_naive_times_are_refused(column: str, session: Session) -> None:
    with pytest.raises(exc.StatementError, match="timezone"):
        added(session, task(**{column: dt.datetime(2026, 6, 15)}))


@pytest.mark.parametrize("bounds", [(None, dt.datetime(2026, 6, 15)), (dt.datetime(2026, 6, 15), None)])
def test_naive_bounds_are_refused(bounds: tuple[Any, Any], session: Session) -> None:
    with pytest.raises(exc.StatementError, match="without a time zone"):
        added(session, TimeBlock(user_id=ALICE, during=Range(*bounds)))


def test_the_time_zone_of_the_session_changes_nothing(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.execute(sa.text("set timezone = 'Asia/Tokyo'"))
        hour = Range(NOON, NOON + HOUR)
        block = added(session, TimeBlock(user_id=ALICE, during=hour, task=task(due_at=NOON)))
        session.expire_all()
        assert block.task is not None
        assert block.task.due_at == NOON
        assert block.task.due_at.tzinfo is dt.UTC
        assert block.during == hour
        assert block.during.lower.tzinfo is dt.UTC


def test_a_range_is_asked_for_moments_and_ranges(session: Session) -> None:
    added(session, TimeBlock(user_id=ALICE, during=Range(NOON, NOON + HOUR)))
    during: Any = col(TimeBlock.during)  # typed as Mapped, it has no operators of ranges
    assert session.exec(select(TimeBlock).where(during.contains(NOON))).all()
    assert session.exec(select(TimeBlock).where(during.overlaps(Range(NOON - HOUR, NOON + HOUR)))).all()
    assert not session.exec(select(TimeBlock).where(during.contains(NOON + HOUR))).all()


@pytest.mark.parametrize("registered", [False, True])
def test_a_composite_value_is_read_on_any_connection(registered: bool, session: Session) -> None:
    if registered:
        raw = session.connection().connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        info = CompositeInfo.fetch(raw, "recurrence")
        assert info
        register_composite(info, raw)
    for value in (WEEKLY, Recurrence(frequency=RecurrenceFrequency.DAILY, every=1), None):
        made = added(session, task(recurrence=value))
        session.expire(made)
        assert made.recurrence == value
    assert session.exec(select(Task).where(Task.recurrence == WEEKLY)).one().recurrence == WEEKLY


def test_many_rows_at_once(session: Session) -> None:
    added(session, *[task(recurrence=WEEKLY, tags=[str(n)], metadata={"n": n}) for n in range(20)])
    session.expire_all()
    found = session.exec(select(Task)).all()
    assert {(t.tags[0], t.metadata_["n"], t.recurrence) for t in found} == {(str(n), n, WEEKLY) for n in range(20)}


CHANGES: list[tuple[str, Callable[[Task], object]]] = [
    ("an element of an array", lambda t: t.tags.append("c")),
    ("an array, in place", lambda t: t.tags.sort(reverse=True)),
    ("an array, by an operator", lambda t: t.tags.__iadd__(["c"])),
    ("a key", lambda t: t.metadata_.update(a=2)),
    ("a key of a part", lambda t: t.metadata_["part"].pop("list")),
    ("an element of a part", lambda t: t.metadata_["part"]["list"][0].update(deep=2)),
    ("a part that is put in", lambda t: t.metadata_.setdefault("new", []).append(1)),
    (
        "a part of a part that is put in",
        lambda t: t.metadata_["part"].setdefault("new", {}).setdefault("x", []).append(1),
    ),
]


@pytest.mark.parametrize("fresh", [True, False], ids=["as written", "as read"])
@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_changes_in_place_are_saved(change: Callable[[Task], object], fresh: bool, session: Session) -> None:
    made = added(session, task(tags=["a", "b"], metadata={"a": 1, "part": {"list": [{"deep": 1}]}}))
    if not fresh:
        session.expire(made)
    before = (list(made.tags), copy.deepcopy(made.metadata_))
    change(made)
    after = (list(made.tags), copy.deepcopy(made.metadata_))
    session.flush()
    session.expire(made)
    assert (made.tags, made.metadata_) == after != before


def test_changes_of_what_the_database_made_are_saved(session: Session) -> None:
    made = added(session, task())
    made.tags.append("a")
    made.metadata_["a"] = 1
    session.flush()
    session.expire(made)
    assert (made.tags, made.metadata_) == (["a"], {"a": 1})


def test_what_was_put_in_is_tracked_afterwards(session: Session) -> None:
    made = added(session, task())
    made.metadata_["new"] = {"x": []}
    session.flush()
    made.metadata_["new"]["x"].append(1)
    session.flush()
    session.expire(made)
    assert made.metadata_ == {"new": {"x": [1]}}


def test_a_value_may_be_copied_to_another_row(session: Session) -> None:
    one, two = task(metadata={"part": {"a": 1}}), task()
    added(session, one, two)
    two.metadata_["copy"] = one.metadata_["part"]
    session.flush()
    two.metadata_["copy"]["a"] = 2
    session.flush()
    session.expire_all()
    assert (one.metadata_, two.metadata_) == ({"part": {"a": 1}}, {"copy": {"a": 2}})
    assert pickle.loads(pickle.dumps(one.metadata_)) == one.metadata_
