"""What clients may send and see: Create and Update refuse what the database refuses, Read shows what it should."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from garden import ALICE, BOB, NOON, added, opened, rows, task
from pydantic import BaseModel, ValidationError
from rule_cases import CASES, ENOUGH, KEY, LEFT_TO_THE_DATABASE, SERVER, STRICTER, Case
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

import models
from models import Input, Output
from tools import scratch

models.load_all()
CLASSES: dict[str, type[Any]] = {str(mapper.local_table): mapper.class_ for mapper in models.Base._sa_registry.mappers}


def schema(table: str, kind: str) -> type[Any] | None:
    """Return the Create, Update or Read class of a table, if it has one."""
    found: type[Any] | None = getattr(models, CLASSES[table].__name__ + kind, None)
    return found


# -- Create agrees with the database ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(cluster: scratch.Cluster) -> Iterator[sa.Engine]:
    with opened(cluster.create(template=cluster.replayed)) as made:
        with Session(made) as session:
            added(session, models.Project(id=KEY, user_id=ALICE, name="The project"))
            added(session, task(id=KEY))
            added(session, models.Comment(id=KEY, user_id=BOB, project_id=KEY, body="The comment"))
            session.commit()
        yield made


def model_accepts(table: str, values: dict[str, Any]) -> bool:
    create = schema(table, "Create")
    assert create
    try:
        create(**values)
    except ValidationError:
        return False
    return True


def database_accepts(session: Session, table: str, values: dict[str, Any]) -> bool:
    """Insert the row past all models, and undo it."""
    row = {name.rstrip("_"): value for name, value in {**SERVER[table], **values}.items()}
    try:
        session.execute(sa.insert(models.metadata.tables[table]).values(row))
    except (exc.StatementError, ValueError):  # psycopg's own refusals are ValueError
        return False
    finally:
        session.rollback()
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.table}.{case.columns}-{case.rule}")
def test_create_agrees_with_the_database(case: Case, engine: sa.Engine) -> None:
    with Session(engine) as session:
        for change, wanted in case.changes():
            values = {**ENOUGH[case.table], **change}
            verdicts = (model_accepts(case.table, values), database_accepts(session, case.table, values))
            assert verdicts == (wanted, wanted), f"{change}: (model, database) accept"


def test_each_check_is_translated_or_left_to_the_database(conn: psycopg.Connection[Any]) -> None:
    checks = conn.execute(
        """
        select c.conname from pg_constraint as c left join pg_class as r on r.oid = c.conrelid
        where c.contype = 'c' and c.connamespace = 'public'::regnamespace and not coalesce(r.relispartition, false)
          and c.conname !~ 'yoyo'
        """
    )
    assert {name for (name,) in checks} == {
        *(case.rule for case in CASES if case.rule.endswith("_check")),
        *LEFT_TO_THE_DATABASE,
    }


@pytest.mark.parametrize(("why", "table", "change"), STRICTER, ids=lambda value: str(value)[:20])
def test_where_create_is_stricter(why: str, table: str, change: dict[str, Any], engine: sa.Engine) -> None:
    values = {**ENOUGH[table], **change}
    with Session(engine) as session:
        assert (model_accepts(table, values), database_accepts(session, table, values)) == (False, True), why


def test_a_client_writes_json() -> None:
    block = models.TimeBlockCreate.model_validate_json(
        '{"during": {"lower": "2026-06-15T12:00:00+02:00", "upper": "2026-06-15T11:00:00Z"}, "hourly_rate": "12.50"}'
    )
    assert block.during == Range(NOON.replace(hour=10, microsecond=0), NOON.replace(hour=11, microsecond=0))
    assert block.during.lower
    assert block.during.lower.tzinfo is dt.UTC
    made = models.TaskCreate.model_validate_json(
        '{"title": "t", "metadata": {"a": 1}, "due_at": "2026-06-15T00:00:00Z"}'
    )
    assert made.model_dump(exclude_none=True) == {
        "title": "t", "metadata_": {"a": 1}, "due_at": dt.datetime(2026, 6, 15, tzinfo=dt.UTC),
    }  # fmt: skip
    for given in ("ab" * 32, b"\xab" * 32):
        values = {**ENOUGH["attachments"], "sha256": given}
        assert models.AttachmentCreate.model_validate(values).sha256 == b"\xab" * 32
    with pytest.raises(ValidationError):
        models.AttachmentCreate.model_validate({**ENOUGH["attachments"], "sha256": "xy" * 32})


def test_a_created_row_has_the_defaults_of_the_database(engine: sa.Engine) -> None:
    with Session(engine) as session:
        made = added(session, models.Task(user_id=ALICE, **models.TaskCreate(title="t").model_dump()))
        assert (made.status, made.priority, made.tags, made.metadata_) == ("todo", 3, [], {})


# -- Update -----------------------------------------------------------------------------------------------------------

UPDATES = sorted(table for table in CLASSES if schema(table, "Update"))  # the same order in each worker


@pytest.mark.parametrize("table", UPDATES)
def test_absent_is_not_null(table: str) -> None:
    update = schema(table, "Update")
    assert update
    assert update().model_dump() == {}
    columns = models.metadata.tables[table].columns
    for name in update.model_fields:
        if columns[name.rstrip("_")].nullable:
            assert update(**{name: None}).model_dump() == {name: None}
        else:
            with pytest.raises(ValidationError):
                update(**{name: None})


def test_an_update_changes_what_it_names(engine: sa.Engine) -> None:
    with Session(engine) as session:
        made = added(session, task(description="d", metadata={"a": 1}))
        made.sqlmodel_update(models.TaskUpdate(description=None).model_dump())
        session.flush()
        assert (made.title, made.description, made.metadata_) == ("Water the tomatoes", None, {"a": 1})
        made.sqlmodel_update(models.TaskUpdate.model_validate({"metadata": {"b": 2}}).model_dump())
        session.flush()
        session.expire(made)
        assert made.metadata_ == {"b": 2}


@pytest.mark.parametrize("table", [*SERVER])
def test_update_names_what_the_application_may_change(table: str, conn: psycopg.Connection[Any]) -> None:
    """The grants to todo_app are the other list of it; the trash is an operation of its own."""
    granted = conn.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and has_column_privilege('todo_app', attrelid, attname, 'update')",
        [table],
    )
    update = schema(table, "Update")
    fields = {name.rstrip("_") for name in update.model_fields} if update else set()
    assert fields == {name for (name,) in granted} - ({"deleted_at"} if table == "tasks" else set())


def test_create_and_update_have_the_same_rules() -> None:
    for table in UPDATES:
        create, update = schema(table, "Create"), schema(table, "Update")
        assert create
        assert update
        for name in update.model_fields.keys() & create.model_fields.keys():
            create_says, update_says = (kind.model_json_schema()["properties"] for kind in (create, update))
            key = name.rstrip("_")
            assert strip(create_says[key]) == strip(update_says[key]), f"{table}.{key}"


def strip(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != "default"}


@pytest.mark.parametrize("table", [*SERVER])
def test_what_the_server_decides_is_no_input(table: str) -> None:
    forbidden = {"id", "user_id", "created_at", "updated_at", "version", "updated_by", "completed_at", "search_vector"}
    for kind in ("Create", "Update"):
        model = schema(table, kind)
        if model is None:
            continue
        assert issubclass(model, Input)
        # a member and an assignee are whom the client names, not who asks
        named = {"user_id"} if table in {"project_members", "task_assignments"} and kind == "Create" else set()
        assert not set(model.model_fields) & (forbidden - named | SERVER[table].keys() - named)
        with pytest.raises(ValidationError, match="extra_forbidden"):
            model(**{**ENOUGH[table], "is_superuser": True})


@pytest.mark.parametrize("table", [*SERVER])
def test_create_and_the_server_give_all_that_a_row_needs(table: str) -> None:
    create = schema(table, "Create")
    assert create
    needed = {c.name for c in models.metadata.tables[table].columns if not c.nullable and c.server_default is None}
    assert needed <= {name.rstrip("_") for name in create.model_fields} | SERVER[table].keys()


# -- Read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [*models.metadata.tables])
def test_each_column_is_shown_or_private(table: str) -> None:
    read = schema(table, "Read")
    assert read
    assert issubclass(read, Output)
    columns = {column.name for column in models.metadata.tables[table].columns}
    shown = {name.rstrip("_") for name in read.model_fields}
    assert shown | models.PRIVATE.get(table, frozenset()) == columns
    assert not shown & models.PRIVATE.get(table, frozenset())


def test_private_is_what_the_database_says(conn: psycopg.Connection[Any]) -> None:
    marked = conn.execute(
        "select c.relname, a.attname from pg_attribute as a join pg_class as c on c.oid = a.attrelid"
        " where col_description(c.oid, a.attnum) ~ '@private|[Ss]ensitive' and not c.relispartition"
    )
    secret = {(table, column) for table, column in marked}
    assert secret
    assert secret <= {(table, column) for table, columns in models.PRIVATE.items() for column in columns}


def test_no_schema_names_a_secret() -> None:
    for name in models.__all__:
        model = getattr(models, name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            assert not {"password", "password_hash", "token", "access_token", "refresh_token"} & set(model.model_fields)


def test_read_shows_every_row_and_has_no_rules(engine: sa.Engine) -> None:
    """A rule in Read turns an old row into an error 500."""
    with Session(engine) as session:
        for row in rows():
            read = schema(type(row).__tablename__, "Read")
            assert read
            assert all(field.metadata == [] for field in read.model_fields.values())
            shown = read.model_validate(added(session, row)).model_dump_json()
            assert read.model_validate_json(shown).model_dump_json() == shown


def test_metadata_is_called_metadata_outside() -> None:
    said = models.TaskRead.model_json_schema(mode="serialization")["properties"]
    assert "metadata" in said
    assert "metadata_" not in said
    assert "metadata" in models.TaskCreate.model_json_schema()["properties"]
