# written by tools models; edit the SQL
"""The view active_tasks, to be read."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import SmallInteger
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
    tags: list[str | None] = Field(sa_type=Strings)
    position: int | None = None
    version: int
    created_at: datetime
    updated_at: datetime


class ActiveTaskRead(Output):
    """What a client sees of an active task."""

    id: uuid.UUID
    user_id: uuid.UUID
    project_id: uuid.UUID | None
    parent_id: uuid.UUID | None
    title: str
    status: TaskStatus
    priority: int
    due_at: datetime | None
    tags: list[str | None]
    position: int | None
    version: int
    created_at: datetime
    updated_at: datetime
