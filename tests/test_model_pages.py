"""Pages of the models: complete, in order, stable while rows are written, and served by the documented index."""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from garden import ALICE, BOB, NOON
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session
from visitors import login

from models import (
    Collection,
    Crud,
    CursorPage,
    InputError,
    Page,
    Project,
    ProjectCreate,
    ProjectUpdate,
    Scope,
    Task,
    TaskCreate,
    TaskRead,
    TaskStatus,
    TaskUpdate,
    open_engine,
    pages,
    transaction,
)

TASKS = Collection(Task, TaskCreate, TaskUpdate)
PROJECTS = Collection(Project, ProjectCreate, ProjectUpdate)
MINE = TASKS.owned_by(ALICE)
MAPPER = MINE.mapper
ROWS = 60


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """An engine of an unprivileged login; Alice has tasks with few different times, some without a due time."""
    with login(database_url) as url:
        full = open_engine(database_url)
        with transaction(full) as session:
            for n in range(ROWS):
                due = NOON + dt.timedelta(days=n % 5) if n % 3 else None
                session.add(
                    Task(
                        user_id=ALICE,
                        title=f"t{n:02}",
                        priority=n % 4 + 1,
                        status=list(TaskStatus)[n % 2],
                        due_at=due,
                        created_at=NOON + dt.timedelta(microseconds=n // 7),
                    )
                )
            session.add(Task(user_id=BOB, title="Bob's"))
        full.dispose()
        made = open_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def tasks(engine: sa.Engine) -> Iterator[Crud[Task, TaskCreate, TaskUpdate]]:
    with transaction(engine, ALICE) as session:
        yield Crud(session, MINE)


# -- by number --------------------------------------------------------------------------------------------------------


def shape(page: Page[Any]) -> tuple[Any, ...]:
    return len(page.items), page.total, page.page, page.page_size, page.total_pages, page.has_next, page.has_prev


@pytest.mark.parametrize(
    ("page", "size", "expected"),
    [
        (1, 20, (20, 60, 1, 20, 3, True, False)),
        (2, 20, (20, 60, 2, 20, 3, True, True)),
        (3, 20, (20, 60, 3, 20, 3, False, True)),
        (4, 20, (0, 60, 4, 20, 3, False, True)),
        (1, 100, (60, 60, 1, 100, 1, False, False)),
        (9, 7, (4, 60, 9, 7, 9, False, True)),
        (2**31 - 1, 100, (0, 60, 2**31 - 1, 100, 1, False, True)),
    ],
)
def test_pages_by_number(
    page: int, size: int, expected: tuple[Any, ...], tasks: Crud[Task, TaskCreate, TaskUpdate]
) -> None:
    assert shape(tasks.page(page, size)) == expected


def test_no_rows_are_no_pages(engine: sa.Engine) -> None:
    with transaction(engine, ALICE) as session:
        assert shape(Crud(session, MINE.where(sa.false())).page()) == (0, 0, 1, 20, 0, False, False)
        assert Crud(session, MINE.where(sa.false())).scroll().model_dump() == {
            "items": [],
            "page_size": 20,
            "has_next": False,
            "next_cursor": None,
        }


@pytest.mark.parametrize(
    ("page", "size", "field"), [(0, 1, "page"), (2**31, 1, "page"), (1, 0, "page_size"), (1, 101, "page_size")]
)
def test_a_page_has_bounds(page: int, size: int, field: str, tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    with pytest.raises(InputError) as caught:
        tasks.page(page, size)
    assert (caught.value.status, caught.value.field) == (422, field)


def test_pages_become_what_a_client_sees(tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    shown = Page[TaskRead].model_validate(tasks.page())
    assert type(shown.items[0]) is TaskRead
    assert type(CursorPage[TaskRead].model_validate(tasks.scroll()).items[0]) is TaskRead


# -- by cursor --------------------------------------------------------------------------------------------------------

ORDERS: list[tuple[str, ...]] = [
    (),
    ("created_at",),
    ("-created_at", "-id"),
    ("priority",),
    ("-priority", "title"),
    ("priority", "-title"),
    ("status", "-created_at"),
    ("due_at",),
    ("-due_at",),
    ("due_at", "-title"),
    ("-due_at", "priority"),
    ("-priority", "-due_at"),
    ("priority", "due_at"),
    ("id",),
]


def walk(tasks: Crud[Task, TaskCreate, TaskUpdate], size: int, order: Sequence[str]) -> list[str]:
    found, page = [], tasks.scroll(None, size, order)
    found += [row.title for row in page.items]
    while page.next_cursor:
        assert (len(page.items), page.has_next) == (size, True)
        page = tasks.scroll(page.next_cursor, size, order)
        found += [row.title for row in page.items]
    assert not page.has_next
    return found


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_every_row_comes_once_in_the_servers_order(
    order: tuple[str, ...], tasks: Crud[Task, TaskCreate, TaskUpdate]
) -> None:
    expected = [row.title for row in tasks.page(1, 100, order).items]
    assert len(expected) == ROWS
    for size in (1, 7, 60):
        assert walk(tasks, size, order) == expected


def test_without_an_order_the_newest_come_first(tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    found = [(row.created_at, row.id) for row in tasks.page(1, 100).items]
    assert found == sorted(found, reverse=True)


def test_rows_written_meanwhile_move_nothing(tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    expected = walk(tasks, 10, ())
    first = tasks.scroll(page_size=10)
    tasks.create(TaskCreate(title="newest"))
    tasks.delete(first.items[3].id)
    second = tasks.scroll(first.next_cursor, 10)
    assert [row.title for row in (*first.items, *second.items)] == expected[:20]


def test_only_columns_order(tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    for name in ("nonsense", "id; drop table tasks", "user"):
        with pytest.raises(ValueError, match="Task has no column"):
            tasks.scroll(order=[name])


# -- cursors ----------------------------------------------------------------------------------------------------------


def forged(*values: Any, order: Sequence[str] = ()) -> str:
    signature = "tasks -created_at -id" if not order else "tasks " + " ".join(order)
    return base64.urlsafe_b64encode(json.dumps([signature, *values]).encode()).decode().rstrip("=")


KEY = str(uuid.UUID(int=1))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "ä",
        "AAAA",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"3").decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        forged(),
        forged("2026-06-15T12:00:00Z"),
        forged("2026-06-15T12:00:00Z", KEY, KEY),
        forged("2026-06-15T12:00:00", KEY),
        forged("2026-06-15T12:00:00Z", "1 or 1=1"),
        forged(None, KEY),
        forged({"a": 1}, KEY),
        forged("infinity", KEY),
    ],
    ids=range(16),
)
def test_a_cursor_that_is_none(cursor: str, tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    with pytest.raises(InputError) as caught:
        tasks.scroll(cursor)
    assert caught.value.answer() == {
        "status": 422, "code": "cursor", "field": "cursor", "message": "The cursor is not one of this list.",
    }  # fmt: skip


def test_a_forged_cursor_is_only_a_place(tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    assert [row.title for row in tasks.scroll(forged("9999-12-31T23:59:59Z", KEY)).items] == [
        row.title for row in tasks.scroll().items
    ]
    assert tasks.scroll(forged("0001-01-01T00:00:00Z", KEY)).items == []


@pytest.mark.parametrize("title", ["a\0b", "\ud800"])
def test_a_forged_text_is_no_error_of_ours(title: str, tasks: Crud[Task, TaskCreate, TaskUpdate]) -> None:
    with pytest.raises(InputError):
        tasks.scroll(forged(title, KEY, order=("title", "id")), order=["title"])


def test_a_cursor_of_another_list(tasks: Crud[Task, TaskCreate, TaskUpdate], engine: sa.Engine) -> None:
    cursor = tasks.scroll(page_size=1).next_cursor
    with pytest.raises(InputError):
        tasks.scroll(cursor, order=["created_at"])
    with pytest.raises(InputError), transaction(engine, ALICE) as session:
        Crud(session, PROJECTS.owned_by(ALICE)).scroll(cursor)


def test_a_cursor_of_somebody_else_shows_nothing_of_theirs(engine: sa.Engine) -> None:
    with transaction(engine, ALICE) as session:
        cursor = Crud(session, MINE).scroll(page_size=1).next_cursor
    with transaction(engine, BOB) as session:
        assert {row.user_id for row in Crud(session, TASKS.owned_by(BOB)).scroll(cursor).items} <= {BOB}


times = st.datetimes(timezones=st.just(dt.UTC))


@given(times, st.uuids(), st.one_of(st.none(), times), st.integers(1, 5))
def test_a_cursor_brings_back_its_values(
    created_at: dt.datetime, key: uuid.UUID, due_at: dt.datetime | None, priority: int
) -> None:
    ordered = pages.terms(MAPPER, ("-created_at", "due_at", "priority", "status"))
    row = Task(
        id=key,
        user_id=ALICE,
        title="t",
        created_at=created_at,
        due_at=due_at,
        priority=priority,
        status=TaskStatus.DONE,
    )
    cursor = pages.encode(MAPPER, ordered, row)
    assert pages.decode(MAPPER, ordered, cursor) == [created_at, due_at, priority, TaskStatus.DONE, key]


# -- indexes ----------------------------------------------------------------------------------------------------------


def plan(session: Session, query: Any) -> str:
    compiled = query.compile(session.connection())
    explained = session.connection().exec_driver_sql(f"explain (costs off) {compiled}", compiled.params)
    return "\n".join(explained.scalars())


def after(scope: Scope[Any, Any, Any], order: Sequence[str], values: Sequence[Any]) -> Any:
    ordered = pages.terms(scope.mapper, order)
    query = scope.select().order_by(*(term.clause() for term in ordered)).limit(21)
    return query.where(pages.later(ordered, values))


@pytest.fixture
def crowded(database_url: str, engine: sa.Engine) -> sa.Engine:
    """Enough rows that an index is worth it."""
    full = open_engine(database_url)
    with full.begin() as connection:
        for table, column in (("tasks", "title"), ("projects", "name")):
            connection.execute(sa.text(f"alter table {table} disable trigger user"))
            connection.execute(
                sa.text(
                    f"insert into {table} (user_id, {column}, created_at)"
                    " select u, 'x' || n, now() - n * interval '1 second' from generate_series(1, 10000) n,"
                    " unnest(cast(:users as uuid[])) u"
                ),
                {"users": [ALICE, BOB]},
            )
            connection.execute(sa.text(f"analyze {table}"))
    full.dispose()
    return engine


def test_a_page_by_cursor_starts_where_the_last_one_ended(crowded: sa.Engine) -> None:
    with transaction(crowded, ALICE) as session:
        values = [NOON, uuid.UUID(int=1)]
        for scope, index in (
            (MINE, "tasks_user_id_created_at_id_idx"),
            (PROJECTS.owned_by(ALICE), "projects_user_id_created_at_id_idx"),
        ):
            shown = plan(session, after(scope, (), values))
            assert f"using {index} on" in shown
            condition = next(line for line in shown.splitlines() if "Index Cond" in line)
            assert "ROW(created_at, id) < ROW(" in condition
            assert "Sort" not in shown


def test_a_mixed_order_starts_from_the_index_too(crowded: sa.Engine) -> None:
    with transaction(crowded, ALICE) as session:
        shown = plan(session, after(MINE, ("-created_at", "title"), [NOON, "t", uuid.UUID(int=1)]))
        condition = next(line for line in shown.splitlines() if "Index Cond" in line)
        assert "tasks_user_id_created_at_id_idx" in shown
        assert "created_at <= " in condition


def test_the_trash_is_paged_by_its_index(crowded: sa.Engine) -> None:
    with transaction(crowded, ALICE) as session:
        trash = MINE.trashed()
        query = trash.select().order_by(*(term.clause() for term in pages.terms(trash.mapper, ("-deleted_at",))))
        assert "tasks_user_id_deleted_at_idx" in plan(session, query.limit(20))
