"""CRUD of the models: within its scope everything, outside of it nothing; for both kinds of session."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, cast

import pytest
import sqlalchemy as sa
from garden import ALICE, BOB, NOON, WEEKLY, added, task
from pooler import pooled
from pydantic import MISSING, BaseModel
from sqlmodel import col
from visitors import login
from ways import Opening, async_ways, loosened, sync_ways

from models import (
    ActiveTask,
    AsyncCrud,
    Collection,
    ConflictError,
    Crud,
    ForbiddenError,
    Input,
    InvalidError,
    NotFoundError,
    Project,
    ProjectCreate,
    ProjectMember,
    ProjectMemberCreate,
    ProjectMemberUpdate,
    ProjectUpdate,
    ReadOnlyError,
    StaleError,
    Task,
    TaskCreate,
    TaskStatus,
    TaskUpdate,
    UserSettings,
    UserSettingsCreate,
    UserSettingsUpdate,
    open_engine,
    transaction,
)

PROJECTS = Collection(Project, ProjectCreate, ProjectUpdate)
TASKS = Collection(Task, TaskCreate, TaskUpdate)
MEMBERS = Collection(ProjectMember, ProjectMemberCreate, ProjectMemberUpdate)
SETTINGS = Collection(UserSettings, UserSettingsCreate, UserSettingsUpdate)
ACTIVE = Collection(ActiveTask, Input, Input)


@pytest.fixture(params=["sync", "async"])
def ways(request: pytest.FixtureRequest) -> Callable[[str], AbstractContextManager[Opening]]:
    return sync_ways if request.param == "sync" else async_ways


@pytest.fixture(params=["bound", "unbound"])
def opened(
    request: pytest.FixtureRequest, ways: Callable[[str], AbstractContextManager[Opening]], database_url: str
) -> Iterator[Opening]:
    """As a role that policies bind, through PgBouncer; and as one that reads everything, if a query lets it."""
    with login(database_url) as url:
        if request.param == "bound":
            with pooled(url) as through, ways(through) as opening:
                yield opening
        else:
            with ways(url) as opening, loosened(database_url):
                yield opening


# -- one row ----------------------------------------------------------------------------------------------------------


def test_a_row_lives(opened: Opening) -> None:
    with opened(TASKS.owned_by(ALICE)) as tasks:
        made = tasks.create(TaskCreate(title="Water", recurrence=WEEKLY, metadata={"a": [1]}))
        assert (made.user_id, made.status, made.priority, made.version) == (ALICE, TaskStatus.TODO, 3, 1)
        assert (made.recurrence, made.metadata_, made.tags) == (WEEKLY, {"a": [1]}, [])
    with opened(TASKS.owned_by(ALICE)) as tasks:
        changed = tasks.update(made.id, TaskUpdate(title="Weed", due_at=NOON, metadata={"b": None}))
        assert (changed.title, changed.due_at, changed.version, changed.priority) == ("Weed", NOON, 2, 3)
        assert changed.updated_at > made.updated_at
    with opened(TASKS.owned_by(ALICE)) as tasks:
        found = tasks.get(made.id)
        assert (found.title, found.metadata_, found.recurrence) == ("Weed", {"b": None}, WEEKLY)
        assert tasks.count() == 1
        tasks.purge(made.id)
        assert tasks.count() == 0


def test_absent_is_not_null(opened: Opening) -> None:
    with opened(TASKS.owned_by(ALICE)) as tasks:
        made = tasks.create(TaskCreate(title="t", description="d", due_at=NOON))
        assert tasks.update(made.id, TaskUpdate(due_at=None)).due_at is None
        same = tasks.update(made.id, TaskUpdate())
        assert (same.description, same.version) == ("d", 2)
    with opened(PROJECTS.owned_by(ALICE)) as projects:
        assert projects.create(ProjectCreate(name="p")).color == "#64748b"


def test_an_update_in_the_other_style_says_only_what_was_set(database_url: str) -> None:
    """`| None = None` with `exclude_unset`, as SQLModel's documentation has it."""

    class Rename(BaseModel):
        name: str | None = None
        description: str | None = None

    with login(database_url) as url:
        engine = open_engine(url)
        with transaction(engine, ALICE) as session:
            projects = Crud(session, Collection(Project, ProjectCreate, Rename).owned_by(ALICE))
            made = projects.create(ProjectCreate(name="p", description="d"))
            assert projects.update(made.id, Rename(name="q")).description == "d"
            assert projects.update(made.id, Rename(description=None)).description is None
        engine.dispose()


def test_an_explicit_null_is_no_default(opened: Opening) -> None:
    """In one row and in many: SQLAlchemy leaves out what is None, and the column's default would come."""

    class Bad(BaseModel):
        name: str
        color: str | None

    scope = Collection(Project, Bad, ProjectUpdate).owned_by(ALICE)
    many = [Bad(name="a", color=None)]
    creates: list[Callable[[Any], Any]] = [lambda p: p.create(many[0]), lambda p: p.create_many(many)]
    for create in creates:
        with pytest.raises(InvalidError) as caught, opened(scope) as projects:
            create(projects)
        assert (caught.value.code, caught.value.field) == ("not_null", "color")


def test_keys_of_several_columns(opened: Opening) -> None:
    with opened(PROJECTS.owned_by(ALICE)) as projects:
        garden = projects.create(ProjectCreate(name="Garden"))
    scope = MEMBERS.everything().within(project_id=garden.id)
    with opened(scope, ALICE) as members:
        made = members.create(ProjectMemberCreate(project_id=garden.id, user_id=BOB))
        assert made.project_id == garden.id
        assert members.get((garden.id, BOB)).user_id == BOB
        members.delete((garden.id, BOB))
        with pytest.raises(NotFoundError):
            members.get((garden.id, BOB))


def test_a_key_that_is_the_owner(opened: Opening) -> None:
    with opened(SETTINGS.owned_by(ALICE)) as settings:
        settings.create(UserSettingsCreate(locale="de"))
        assert settings.get(ALICE).locale == "de"
        with pytest.raises(NotFoundError):
            settings.get(BOB)


# -- whose rows -------------------------------------------------------------------------------------------------------

OPERATIONS: dict[str, Callable[[Any, uuid.UUID], Any]] = {
    "get": lambda crud, key: crud.get(key),
    "get, locked": lambda crud, key: crud.get(key, lock=True),
    "update": lambda crud, key: crud.update(key, TaskUpdate(title="mine")),
    "update, with version": lambda crud, key: crud.update(key, TaskUpdate(title="mine"), version=1),
    "update, with a wrong version": lambda crud, key: crud.update(key, TaskUpdate(title="mine"), version=7),
    "update of nothing": lambda crud, key: crud.update(key, TaskUpdate()),
    "delete": lambda crud, key: crud.delete(key),
    "delete, with a wrong version": lambda crud, key: crud.delete(key, version=7),
    "restore": lambda crud, key: crud.restore(key),
    "purge": lambda crud, key: crud.purge(key),
}


def test_a_foreign_row_is_not_found(opened: Opening) -> None:
    """Neither forbidden nor stale: both would say that it exists."""
    with opened(TASKS.owned_by(ALICE)) as tasks:
        made = tasks.create(TaskCreate(title="hers"))
    for operation in OPERATIONS.values():
        for key in (made.id, uuid.uuid4()):
            with pytest.raises(NotFoundError) as caught, opened(TASKS.owned_by(BOB)) as tasks:
                operation(tasks, key)
            assert caught.value.answer() == {
                "status": 404, "code": "not_found", "field": None, "message": "There is no such thing.",
            }  # fmt: skip
    with opened(TASKS.owned_by(ALICE)) as tasks:
        assert (tasks.get(made.id).title, tasks.get(made.id).version) == ("hers", 1)
    with opened(TASKS.owned_by(BOB)) as tasks:
        assert (tasks.count(), tasks.page().total, tasks.scroll().items) == (0, 0, [])


def test_every_operation_is_tried_on_a_foreign_row() -> None:
    public = {name for name in vars(Crud) if not name.startswith("_")}
    assert public == {name for name in vars(AsyncCrud) if not name.startswith("_")}
    tried = {name.partition(",")[0].partition(" ")[0] for name in OPERATIONS}
    assert public == tried | {"create", "create_many", "count", "page", "scroll"}


def test_every_statement_of_an_owner_names_the_owner() -> None:
    scope = TASKS.owned_by(ALICE)
    key = uuid.uuid4()
    for narrowed in (scope, scope.trashed(), scope.with_trash(), scope.within(user_id=BOB), scope.where(sa.true())):
        for statement in (
            narrowed.select(),
            narrowed.count(),
            narrowed.one(key),
            narrowed.update(key, {"title": "t"}, None),
            narrowed.delete(key, 1),
        ):
            compiled = cast(sa.Select[Any], statement).compile()
            where = str(compiled).partition("WHERE")[2]
            assert "tasks.user_id = :user_id_1" in where
            assert compiled.params["user_id_1"] == ALICE
        assert narrowed.values(TaskCreate(title="t"))["user_id"] == ALICE


def test_nobody_owns_nothing() -> None:
    with pytest.raises(ValueError, match="owned_by needs a user"):
        TASKS.owned_by(None)


def test_an_owner_that_the_table_does_not_have_is_named_before_anything_is_asked() -> None:
    collection = Collection(Task, TaskCreate, TaskUpdate, owner="shop_id")
    with pytest.raises(TypeError, match=r"Task has no column shop_id: name .* by Collection\(\.\.\., owner=\.\.\.\)"):
        collection.owned_by(ALICE)
    assert collection.everything().fixed == ()


def test_an_update_cannot_give_a_row_away() -> None:
    class Gift(BaseModel):
        user_id: uuid.UUID

    with pytest.raises(TypeError, match="user_id must not be among its fields"):
        Collection(Task, TaskCreate, Gift).owned_by(ALICE)


def test_a_row_for_somebody_else_is_ones_own(opened: Opening) -> None:
    class Sneaky(BaseModel):
        title: str
        user_id: uuid.UUID

    with opened(Collection(Task, Sneaky, TaskUpdate).owned_by(ALICE)) as tasks:
        assert tasks.create(Sneaky(title="t", user_id=BOB)).user_id == ALICE


def test_policies_hold_where_a_scope_does_not(database_url: str) -> None:
    with login(database_url) as url:
        engine = open_engine(url)
        with pytest.raises(ForbiddenError), transaction(engine, BOB) as session:
            Crud(session, TASKS.owned_by(ALICE)).create(TaskCreate(title="t"))
        engine.dispose()


def test_a_scope_is_narrowed(opened: Opening) -> None:
    with opened(PROJECTS.owned_by(ALICE)) as projects:
        garden = projects.create(ProjectCreate(name="Garden"))
    mine = TASKS.owned_by(ALICE)
    with opened(mine.within(project_id=garden.id)) as tasks:
        inside = tasks.create(TaskCreate(title="inside", priority=1))
        assert inside.project_id == garden.id
    with opened(mine) as tasks:
        outside = tasks.create(TaskCreate(title="outside"))
    with opened(mine.within(project_id=garden.id)) as tasks:
        assert [row.title for row in tasks.page().items] == ["inside"]
        with pytest.raises(NotFoundError):
            tasks.get(outside.id)
    with opened(mine.where(col(Task.priority) < 3)) as tasks:
        assert [row.title for row in tasks.scroll().items] == ["inside"]


# -- versions ---------------------------------------------------------------------------------------------------------


def test_the_second_writer_is_told(opened: Opening) -> None:
    with opened(TASKS.owned_by(ALICE)) as tasks:
        made = tasks.create(TaskCreate(title="t"))
        tasks.update(made.id, TaskUpdate(title="first"), version=1)
    acts: list[Callable[[Any], Any]] = [
        lambda tasks: tasks.update(made.id, TaskUpdate(title="second"), version=1),
        lambda tasks: tasks.update(made.id, TaskUpdate(), version=1),
        lambda tasks: tasks.delete(made.id, version=1),
    ]
    for act in acts:
        with pytest.raises(StaleError) as caught, opened(TASKS.owned_by(ALICE)) as tasks:
            act(tasks)
        assert (caught.value.status, caught.value.code, caught.value.current) == (409, "stale", 2)
    with opened(TASKS.owned_by(ALICE)) as tasks:
        assert tasks.get(made.id).title == "first"
        tasks.delete(made.id, version=2)


def test_a_table_without_versions_compares_none(opened: Opening) -> None:
    with opened(PROJECTS.owned_by(ALICE)) as projects:
        made = projects.create(ProjectCreate(name="p"))
    with pytest.raises(TypeError, match="Project has no version"), opened(PROJECTS.owned_by(ALICE)) as projects:
        projects.update(made.id, ProjectUpdate(name="q"), version=1)


# -- the trash --------------------------------------------------------------------------------------------------------


def test_the_trash(opened: Opening) -> None:
    mine = TASKS.owned_by(ALICE)
    with opened(mine) as tasks:
        kept, thrown = (tasks.create(TaskCreate(title=title)) for title in ("kept", "thrown"))
        tasks.delete(thrown.id)
        assert [row.title for row in tasks.page().items] == ["kept"]
        assert tasks.count() == 1
        for act in (tasks.get, tasks.delete, lambda key: tasks.update(key, TaskUpdate(title="t"))):
            with pytest.raises(NotFoundError):
                act(thrown.id)
    with opened(mine.trashed()) as trash:
        assert [(row.title, row.deleted_at is None) for row in trash.page().items] == [("thrown", False)]
    with opened(mine.with_trash()) as everything:
        assert everything.count() == 2
    with opened(mine) as tasks:
        assert tasks.restore(thrown.id).deleted_at is None
        assert tasks.count() == 2
        with pytest.raises(NotFoundError):
            tasks.restore(kept.id)
        tasks.delete(thrown.id)
        tasks.purge(thrown.id)
    with opened(mine.with_trash()) as everything:
        assert everything.count() == 1


def test_without_a_trash_a_row_is_gone(opened: Opening) -> None:
    with opened(PROJECTS.owned_by(ALICE)) as projects:
        made = projects.create(ProjectCreate(name="p"))
        projects.delete(made.id)
        for act in (projects.get, projects.delete):
            with pytest.raises(NotFoundError):
                act(made.id)


# -- many rows, and several steps -------------------------------------------------------------------------------------


def test_many_rows_say_different_things(opened: Opening) -> None:
    with opened(TASKS.owned_by(ALICE)) as tasks:
        many = [TaskCreate(title=f"t{n}", priority=1 if n % 2 else MISSING) for n in range(2500)]
        made = tasks.create_many(many)
        assert len({row.id for row in made}) == 2500
        assert {(row.title, row.priority) for row in made} == {(f"t{n}", 1 if n % 2 else 3) for n in range(2500)}
        assert tasks.count() == 2500
        assert tasks.create_many([]) == []


def test_all_steps_or_none(opened: Opening) -> None:
    def steps(tasks: Any) -> None:
        first = tasks.create(TaskCreate(title="first"))
        tasks.create(TaskCreate(title="second", parent_id=first.id))
        tasks.create(TaskCreate(title="third", parent_id=uuid.uuid4()))

    with pytest.raises(InvalidError), opened(TASKS.owned_by(ALICE)) as tasks:
        steps(tasks)
    with opened(TASKS.owned_by(ALICE)) as tasks:
        assert tasks.count() == 0


def test_one_transaction_holds_several_collections(database_url: str) -> None:
    with login(database_url) as url:
        engine = open_engine(url)
        with transaction(engine, ALICE) as session:
            garden = Crud(session, PROJECTS.owned_by(ALICE)).create(ProjectCreate(name="Garden"))
            inside = TASKS.owned_by(ALICE).within(project_id=garden.id)
            Crud(session, inside).create_many([TaskCreate(title=f"t{n}") for n in range(3)])
            with pytest.raises(ConflictError), session.begin_nested():
                Crud(session, PROJECTS.owned_by(ALICE)).create(ProjectCreate(name="GARDEN"))
        with transaction(engine, ALICE) as session:
            assert Crud(session, inside).count() == 3
        engine.dispose()


def test_a_row_that_a_session_knows_is_read_anew(database_url: str) -> None:
    with login(database_url) as url:
        engine = open_engine(url)
        with transaction(engine, ALICE) as session:
            tasks = Crud(session, TASKS.owned_by(ALICE))
            known = added(session, task())
            session.execute(sa.update(Task).values(title="x").execution_options(synchronize_session=False))
            assert tasks.get(known.id).title == "x"
            assert tasks.update(known.id, TaskUpdate(title="y")) is known
            assert known.title == "y"
            known.title = "z"
            assert tasks.get(known.id).title == "z", "what is not flushed yet is flushed before"
        engine.dispose()


def test_views_are_read_and_not_written(opened: Opening) -> None:
    with opened(TASKS.owned_by(ALICE)) as tasks:
        made = tasks.create(TaskCreate(title="t"))
    scope = ACTIVE.owned_by(ALICE)
    with opened(scope) as active:
        assert active.get(made.id).title == "t"
        assert active.page().total == 1
        for act in (
            lambda: active.create(Input()),
            lambda: active.purge(made.id),
            lambda: scope.update(made.id, {"title": "x"}, None),
        ):
            with pytest.raises(ReadOnlyError, match="ActiveTask is only read"):
                act()
