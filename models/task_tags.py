# written by tools models; edit the SQL
"""The table task_tags. Not mirrored: row-level security, the policies task_tags_own."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from .base import Base, Input, Output

if TYPE_CHECKING:
    from .tags import Tag
    from .tasks import Task


class TaskTag(Base, table=True):
    """Which tags a task carries."""

    __tablename__: ClassVar[Any] = "task_tags"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint(
            "task_id", "tag_id", name="task_tags_pkey", info={"comment": "One tag on one task; the tags of a task."}
        ),
        Index(
            "task_tags_tag_id_idx",
            "tag_id",
            info={"comment": "The tasks that carry a tag (list_tagged_tasks); also serves the foreign key to tags."},
        ),
        {"comment": "Which tags a task carries."},
    )

    task_id: uuid.UUID = Field(
        primary_key=True,
        sa_column_args=[ForeignKey("tasks.id", name="task_tags_task_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The task (tasks.id). On delete cascade: the row goes with the task, the tag stays."
        },
    )
    tag_id: uuid.UUID = Field(
        primary_key=True,
        sa_column_args=[ForeignKey("tags.id", name="task_tags_tag_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The tag (tags.id). On delete cascade: the row goes with the tag, the task stays."
        },
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the task was tagged."}
    )

    tag: "Tag" = Relationship(sa_relationship_kwargs={"viewonly": True})
    task: "Task" = Relationship(sa_relationship_kwargs={"viewonly": True})


class TaskTagCreate(Input):
    """What a client says of a new task tag."""

    task_id: uuid.UUID
    tag_id: uuid.UUID


class TaskTagRead(Output):
    """What a client sees of a task tag."""

    task_id: uuid.UUID
    tag_id: uuid.UUID
    created_at: datetime
