# written by tools models; edit the SQL
"""The view project_progress, to be read."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field

from .base import Base, Output


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


class ProjectProgressRead(Output):
    """What a client sees of a project progress."""

    project_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    tasks: int
    done: int
    open: int
    next_due_at: datetime | None
