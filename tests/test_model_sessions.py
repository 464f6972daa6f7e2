"""What the table models do in a session on the real server: triggers, relationships, views, row-level security."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from garden import ALICE, BOB, HOUR, NOON, added, opened, rows, task
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, select

import models
from models import (
    ActiveTask,
    Attachment,
    Comment,
    Project,
    ProjectMember,
    ProjectProgress,
    ReadOnlyError,
    Tag,
    Task,
    TaskAssignment,
    TaskStatus,
    TaskTag,
    TimeBlock,
    User,
    UserSettings,
)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    with opened(database_url) as made:
        yield made


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as made:
        yield made


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_what_triggers_write_is_on_the_object(session: Session) -> None:
    made = added(session, task())
    before = made.updated_at
    session.commit()
    made.title = "Weed the tomatoes"
    session.flush()
    assert not sa.inspect(made).expired_attributes & {"updated_at", "version", "updated_by", "completed_at"}
    assert made.updated_at > before
    assert (made.version, made.completed_at) == (2, None)
    made.status = TaskStatus.DONE
    session.flush()
    assert (made.version, made.completed_at) == (3, made.updated_at)


CHANGED: dict[str, tuple[str, Any]] = {
    "projects": ("description", "x"),
    "project_members": ("role", models.MemberRole.OWNER),
    "task_assignments": ("status", models.AssignmentStatus.ACCEPTED),
    "tags": ("name", "x"),
    "comments": ("body", "x"),
    "attachments": ("file_name", "x"),
    "time_blocks": ("note", "x"),
    "user_settings": ("timezone", "x"),
}


@pytest.mark.parametrize("table", CHANGED)
def test_updated_at_is_fetched_by_the_update(table: str, session: Session) -> None:
    world = rows()
    for row in world:
        added(session, row)
    changed = next(row for row in world if type(row).__tablename__ == table)
    setattr(changed, *CHANGED[table])
    session.flush()
    assert not sa.inspect(changed).expired_attributes
    assert changed.updated_at > NOON


def test_all_that_have_updated_at_are_tested() -> None:
    tables = {name for name, table in models.metadata.tables.items() if "updated_at" in table.c}
    assert CHANGED.keys() == tables - {"tasks", "active_tasks"}


def test_the_trash_takes_the_position(session: Session) -> None:
    made = added(session, task(project=Project(user_id=ALICE, name="Garden"), position=1))
    made.deleted_at = NOON
    session.flush()
    assert made.position is None


def test_a_read_schema_is_whole_after_commit(session: Session) -> None:
    """model_dump of an expired object is empty; a Read schema asks attribute by attribute."""
    made = added(session, task(metadata={"a": 1}))
    session.commit()
    assert made.model_dump() == {}
    shown = models.TaskRead.model_validate(made).model_dump()
    assert (shown["title"], shown["metadata"]) == ("Water the tomatoes", {"a": 1})


def test_the_second_writer_of_a_version_is_told(engine: sa.Engine) -> None:
    with Session(engine) as setup:
        key = added(setup, task()).id
        setup.commit()
    with Session(engine) as first, Session(engine) as second:
        one, other = first.get_one(Task, key), second.get_one(Task, key)
        one.title = "first"
        first.commit()
        other.title = "second"
        with pytest.raises(StaleDataError):
            second.flush()
    with Session(engine) as check:
        assert (check.get_one(Task, key).title, check.get_one(Task, key).version) == ("first", 2)


def test_positions_swap_in_one_transaction(session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden"))
    one, two = task(project=project, position=1), task(project=project, position=2)
    added(session, one, two)
    session.commit()
    session.execute(sa.text("set constraints tasks_project_id_position_key deferred"))
    one.position, two.position = 2, 1
    session.commit()
    assert (one.position, two.position) == (2, 1)


def test_a_deferred_violation_comes_with_the_commit(session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden"))
    session.execute(sa.text("set constraints tasks_project_id_position_key deferred"))
    added(session, task(project=project, position=1), task(project=project, position=1))
    with pytest.raises(exc.IntegrityError, match="tasks_project_id_position_key"):
        session.commit()


# -- relationships ----------------------------------------------------------------------------------------------------


def test_mappers_configure() -> None:
    configure_mappers()


def test_relationships_have_two_sides(session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden"))
    parent = added(session, task(project=project))
    child = added(session, task(parent=parent))
    added(session, Tag(user_id=ALICE, name="later", tasks=[child]))
    added(
        session, TaskAssignment(task=child, user_id=BOB, assigned_by=ALICE), ProjectMember(project=project, user_id=BOB)
    )
    comment = added(session, Comment(user_id=BOB, task=child, body="Why?"))
    added(
        session,
        Attachment(
            user_id=BOB,
            comment=comment,
            file_name="a",
            content_type="a/b",
            byte_size=1,
            sha256=bytes(32),
            storage_key="k",
        ),
    )
    added(session, TimeBlock(user_id=BOB, task=child, during=Range(NOON, NOON + HOUR)))
    added(session, UserSettings(user_id=BOB))
    session.commit()
    session.expunge_all()

    alice, bob = session.get_one(User, ALICE), session.get_one(User, BOB)
    assert alice.projects[0].tasks[0].children[0].parent in alice.tasks
    assert [t.name for t in alice.tasks[1].kept_tags or alice.tasks[0].kept_tags] == ["later"]
    assert session.exec(select(Tag)).one().tasks[0].user is alice
    assert bob.assignments[0].assigner is alice
    assert bob.assignments[0].task.assignments[0].user is bob
    assert bob.memberships[0].project.members[0].user is bob
    assert bob.comments[0].attachments[0].comment is bob.comments[0]
    assert bob.comments[0].task is bob.time_blocks[0].task
    assert bob.attachments[0].user is bob
    assert bob.settings is not None
    assert bob.settings.user is bob
    link = session.exec(select(TaskTag)).one()
    assert (link.tag.name, link.task.title) == ("later", "Water the tomatoes")


def test_no_relationship_writes_to_users_or_deletes_with_them() -> None:
    models.load_all()
    mappers = models.Base._sa_registry.mappers
    to_users = [r for m in mappers for r in m.relationships if User in (r.mapper.class_, r.parent.class_)]
    assert len(to_users) == 22
    assert all(relationship.viewonly for relationship in to_users)


@pytest.mark.parametrize("loaded", [False, True], ids=["unloaded", "loaded"])
def test_deletes_do_what_the_database_does(loaded: bool, session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden", members=[ProjectMember(user_id=BOB)]))
    doomed = added(session, task(project=project, children=[task()], kept_tags=[Tag(user_id=ALICE, name="later")]))
    block = added(session, TimeBlock(user_id=ALICE, task=doomed, during=Range(NOON, NOON + HOUR)))
    added(session, Comment(user_id=ALICE, task=doomed, body="b"), TaskAssignment(task=doomed, user_id=BOB))
    session.commit()
    if loaded:
        assert project.members
        assert project.tasks[0].children
        assert doomed.kept_tags
        assert doomed.time_blocks
        assert doomed.comments
        assert doomed.assignments
    session.delete(project)
    session.flush()
    assert not loaded or block.task_id is None
    session.commit()
    left = {model.__name__: len(session.exec(select(model)).all()) for model in (Task, ProjectMember, TaskTag, Comment)}
    assert left == {"Task": 0, "ProjectMember": 0, "TaskTag": 0, "Comment": 0}
    assert block.task_id is None
    assert session.exec(select(Tag)).one()


def test_a_child_taken_out_of_a_collection_is_not_deleted(session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden", tasks=[task()]))
    project.tasks.clear()
    session.flush()
    assert session.exec(select(Task)).one().project_id is None


def test_foreign_keys_are_there(session: Session) -> None:
    """`sa_column` would have dropped them silently."""
    with pytest.raises(exc.IntegrityError, match="tasks_user_id_fkey"):
        added(session, task(user_id=uuid.uuid4()))


# -- what is only read ------------------------------------------------------------------------------------------------


def test_views_are_read(session: Session) -> None:
    project = added(session, Project(user_id=ALICE, name="Garden"))
    made = added(session, task(project=project), task(project=project, status=TaskStatus.DONE))
    assert session.exec(select(ActiveTask)).one().id == made.id
    progress = session.get_one(ProjectProgress, project.id)
    assert (progress.tasks, progress.done, progress.open) == (2, 1, 1)


def test_a_session_writes_no_view_and_no_user(session: Session) -> None:
    made = added(session, task())
    seen = session.get_one(ActiveTask, made.id)
    seen.title = "changed through the view"
    with pytest.raises(ReadOnlyError, match="ActiveTask is only read"):
        session.flush()
    session.rollback()
    session.delete(session.get_one(User, ALICE))
    with pytest.raises(ReadOnlyError, match="User is only read"):
        session.flush()
    session.rollback()
    session.add(User(id=uuid.uuid4()))
    with pytest.raises(ReadOnlyError):
        session.flush()


def test_the_application_cannot_write_a_view_by_statement_either(session: Session) -> None:
    session.execute(sa.text("set local role todo_app"))
    with pytest.raises(exc.ProgrammingError, match="permission denied for view active_tasks"):
        session.execute(sa.update(ActiveTask).values(title="x"))


def test_create_all_makes_no_view_and_drop_all_drops_no_user(make_database: Callable[[str], str]) -> None:
    url = make_database("")
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    with engine.begin() as connection:
        models.metadata.create_all(connection)
        models.metadata.create_all(connection)  # a second time changes nothing
        tables = set(sa.inspect(connection).get_table_names())
        assert tables == set(models.metadata.tables) - {"active_tasks", "project_progress"}
        models.metadata.drop_all(connection)
        assert sa.inspect(connection).get_table_names() == ["users"]
        left = connection.scalars(
            sa.text(
                "select typname::text from pg_type"
                " where typnamespace = 'public'::regnamespace and typtype in ('c', 'e', 'd')"
            )
        )
        assert set(left) <= {"users"}
    engine.dispose()


def test_no_integer_key_becomes_a_serial(session: Session) -> None:
    for table in models.metadata.tables.values():
        for column in table.primary_key:
            assert not isinstance(column.type, sa.Integer) or column.autoincrement is False
    assert session.scalar(sa.text("select count(*) from pg_sequences where schemaname = 'public'")) == 0


# -- row-level security -----------------------------------------------------------------------------------------------


def act_as(session: Session, user: uuid.UUID) -> None:
    session.execute(sa.text("set local role todo_app"))
    session.execute(sa.text("select set_config('app.user_id', :user, true)"), {"user": str(user)})


def test_a_user_works_through_a_session_and_sees_nobody_else(session: Session) -> None:
    for user in (ALICE, BOB):
        act_as(session, user)
        made = added(session, task(user_id=user, title=str(user)))
        made.priority = 1
        session.flush()
        assert (made.version, made.updated_by) == (2, user)
        assert [t.title for t in session.exec(select(Task)).all()] == [str(user)]
        session.commit()
    session.execute(sa.text("set local role todo_app"))
    assert session.exec(select(Task)).all() == []
    act_as(session, BOB)
    with pytest.raises(exc.ProgrammingError, match="row-level security"):
        added(session, task(user_id=ALICE))


def test_the_user_ends_with_the_transaction(session: Session) -> None:
    act_as(session, ALICE)
    session.commit()
    assert session.scalar(sa.text("select current_setting('app.user_id', true)")) == ""
    assert session.scalar(sa.text("select app_user_id()")) is None
