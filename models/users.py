# written by tools models; edit the SQL
"""The table users, which belongs to another system: what this schema refers to, to join and not to write."""

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


class User(Base, table=True):
    """The table users, which belongs to another system: what this schema refers to, to join and not to write."""

    __tablename__: ClassVar[Any] = "users"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("id", name="users_pkey"), {"info": {"external": True}})

    id: uuid.UUID = Field(
        default=None, primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )

    attachments: list["Attachment"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})
    comments: list["Comment"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})
    memberships: list["ProjectMember"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})
    projects: list["Project"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})
    tags: list["Tag"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})
    task_assignments_assigned_by: list["TaskAssignment"] = Relationship(
        back_populates="assigner",
        sa_relationship_kwargs={"viewonly": True, "foreign_keys": "TaskAssignment.assigned_by"},
    )
    assignments: list["TaskAssignment"] = Relationship(
        back_populates="user", sa_relationship_kwargs={"viewonly": True, "foreign_keys": "TaskAssignment.user_id"}
    )
    tasks_updated_by: list["Task"] = Relationship(
        back_populates="updater", sa_relationship_kwargs={"viewonly": True, "foreign_keys": "Task.updated_by"}
    )
    tasks: list["Task"] = Relationship(
        back_populates="user", sa_relationship_kwargs={"viewonly": True, "foreign_keys": "Task.user_id"}
    )
    time_blocks: list["TimeBlock"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})
    settings: Optional["UserSettings"] = Relationship(back_populates="user", sa_relationship_kwargs={"viewonly": True})


class UserRead(Output):
    """What a client sees of a user."""

    id: uuid.UUID
