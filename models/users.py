"""Users belong to Better Auth: here is only what this schema references, to join and never to write."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Optional

from sqlalchemy import PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from .base import Base, Output

if TYPE_CHECKING:
    from .attachments import Attachment
    from .comments import Comment
    from .project_members import ProjectMember
    from .projects import Project
    from .tags import Tag
    from .task_assignments import TaskAssignment
    from .tasks import Task
    from .time_blocks import TimeBlock
    from .user_settings import UserSettings

# a relationship that only reads cannot cascade: the database deletes what belongs to a deleted user
READS: dict[str, Any] = {"viewonly": True}


class User(Base, table=True):
    """A person with an account; a stub of Better Auth's table."""

    __tablename__: ClassVar[Any] = "users"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("id", name="users_pkey"), {"info": {"external": True}})

    id: uuid.UUID = Field(
        default=None, primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )

    settings: Optional["UserSettings"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)
    projects: list["Project"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)
    memberships: list["ProjectMember"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)
    tasks: list["Task"] = Relationship(
        back_populates="user", sa_relationship_kwargs={**READS, "foreign_keys": "Task.user_id"}
    )
    assignments: list["TaskAssignment"] = Relationship(
        back_populates="user", sa_relationship_kwargs={**READS, "foreign_keys": "TaskAssignment.user_id"}
    )
    tags: list["Tag"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)
    comments: list["Comment"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)
    attachments: list["Attachment"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)
    time_blocks: list["TimeBlock"] = Relationship(back_populates="user", sa_relationship_kwargs=READS)


class UserRead(Output):
    """All of a user that this schema knows."""

    id: uuid.UUID
