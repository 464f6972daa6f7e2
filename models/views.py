"""The views, to be read: a session refuses to write them, and `create_all` does not take them for tables."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, SmallInteger
from sqlmodel import Field

from .base import Base, Output
from .enums import TaskStatus, task_status
from .types import Strings


class ActiveTask(Base, table=True):
    """Tasks that are still to be done: open, and not in the trash."""

    __tablename__: ClassVar[Any] = "active_tasks"
    __table_args__: ClassVar[Any] = {
        "comment": "Tasks that are still to be done: open, and not in the trash.",
        "info": {"view": True},
    }

    id: uuid.UUID = Field(primary_key=True)
    user_id: uuid.UUID
    project_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    title: str = Field(max_length=200)
    status: TaskStatus = Field(sa_type=task_status)
    priority: int = Field(sa_type=SmallInteger)
    due_at: datetime | None = None
    tags: list[str] = Field(sa_type=Strings)
    position: int | None = None
    version: int
    created_at: datetime
    updated_at: datetime


class ProjectProgress(Base, table=True):
    """How far each live project is: tasks outside the trash by status, and the next due time."""

    __tablename__: ClassVar[Any] = "project_progress"
    __table_args__: ClassVar[Any] = {
        "comment": "How far each live project is: tasks outside the trash by status, and the next due time.",
        "info": {"view": True},
    }

    project_id: uuid.UUID = Field(primary_key=True)
    user_id: uuid.UUID
    name: str = Field(max_length=120)
    tasks: int = Field(sa_type=BigInteger)
    done: int = Field(sa_type=BigInteger)
    open: int = Field(sa_type=BigInteger)
    next_due_at: datetime | None = None


class ActiveTaskRead(Output):
    """What a client sees of an open task."""

    id: uuid.UUID
    user_id: uuid.UUID
    project_id: uuid.UUID | None
    parent_id: uuid.UUID | None
    title: str
    status: TaskStatus
    priority: int
    due_at: datetime | None
    tags: list[str]
    position: int | None
    version: int
    created_at: datetime
    updated_at: datetime


class ProjectProgressRead(Output):
    """What a client sees of the progress of a project."""

    project_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    tasks: int
    done: int
    open: int
    next_due_at: datetime | None
