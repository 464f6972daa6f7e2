"""Two users and what they grow: the world in which the models are tested."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

import models
from models import (
    Attachment,
    AuditLog,
    Comment,
    MemberRole,
    Project,
    ProjectMember,
    Recurrence,
    RecurrenceFrequency,
    Tag,
    Task,
    TaskAssignment,
    TaskStatus,
    TaskTag,
    TimeBlock,
    UserSettings,
)

NOON = dt.datetime(2026, 6, 15, 12, 0, 0, 123456, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ALICE = uuid.UUID("a11ce000-0000-4000-8000-000000000001")
BOB = uuid.UUID("b0b00000-0000-4000-8000-000000000002")
WEEKLY = Recurrence(frequency=RecurrenceFrequency.WEEKLY, every=2, until=dt.date(2027, 1, 31))


@contextmanager
def opened(url: str) -> Iterator[sa.Engine]:
    """Sign up the two users, and open an engine."""
    with psycopg.connect(url) as conn:
        for user, name in ((ALICE, "Alice"), (BOB, "Bob")):
            conn.execute(
                "insert into users (id, name, email, email_verified) values (%s, %s, %s, true)",
                (user, name, f"{name}@example.org"),
            )
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    yield engine
    engine.dispose()


def task(**values: Any) -> Task:
    """Return a new task of Alice."""
    return Task(**{"user_id": ALICE, "title": "Water the tomatoes", **values})


def added(session: Session, *rows: Any) -> Any:
    """Write rows and return the first."""
    session.add_all(rows)
    session.flush()
    return rows[0]


def rows() -> list[Any]:
    """A row for each table, with a value in each column that a program writes, in the order of their references."""
    project, first, comment, tag = (uuid.UUID(int=n) for n in range(1, 5))
    return [
        Project(
            id=project, user_id=ALICE, name="Garden", description="d", color="#00ff7f", archived_at=NOON,
            created_at=NOON, updated_at=NOON,
        ),
        ProjectMember(project_id=project, user_id=BOB, role=MemberRole.VIEWER, assigned_at=NOON, updated_at=NOON),
        task(id=uuid.UUID(int=9)),
        task(
            id=first, project_id=project, parent_id=uuid.UUID(int=9), description="", status=TaskStatus.IN_PROGRESS,
            priority=5, due_at=NOON, tags=["a", "b,{}\"'\\", ""], metadata={"a": [1, 2.5, None, {"ü": True}]},
            position=7, recurrence=WEEKLY, version=3, created_at=NOON, updated_at=NOON,
        ),
        TaskAssignment(
            task_id=first, user_id=BOB, assigned_by=ALICE, status=models.AssignmentStatus.DECLINED, assigned_at=NOON,
            updated_at=NOON,
        ),
        Tag(id=tag, user_id=ALICE, name="later", color="#000000", created_at=NOON, updated_at=NOON),
        TaskTag(task_id=first, tag_id=tag, created_at=NOON),
        Comment(id=comment, user_id=ALICE, task_id=first, body="%s \n", created_at=NOON, updated_at=NOON),
        Attachment(
            id=uuid.UUID(int=5), user_id=ALICE, comment_id=comment, file_name="a.pdf", content_type="application/pdf",
            byte_size=5_368_709_120, sha256=bytes(range(32)), storage_key="k", created_at=NOON, updated_at=NOON,
        ),
        TimeBlock(
            id=uuid.UUID(int=6), user_id=ALICE, task_id=first, during=Range(NOON, NOON + HOUR),
            note="n", hourly_rate=Decimal("12345678.90"), created_at=NOON, updated_at=NOON,
        ),
        UserSettings(
            user_id=ALICE, timezone="Europe/Berlin", locale="de-AT", settings={"a": {"b": []}}, created_at=NOON,
            updated_at=NOON,
        ),
        AuditLog(
            id=uuid.UUID(int=7), occurred_at=NOON, actor_id=ALICE, action=models.AuditAction.UPDATE, table_name="t",
            row_key="1/2", old_row={"a": None}, new_row={"a": 1},
        ),
    ]  # fmt: skip
