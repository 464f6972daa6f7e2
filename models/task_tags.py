"""Tags on tasks: the link between the two."""

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

    # to write, append to Task.kept_tags or Tag.tasks, or add a TaskTag with its two keys: not both for one pair
    task: "Task" = Relationship(sa_relationship_kwargs={"viewonly": True})
    tag: "Tag" = Relationship(sa_relationship_kwargs={"viewonly": True})


class TaskTagCreate(Input):
    """Which tag a task is to carry."""

    task_id: uuid.UUID
    tag_id: uuid.UUID


class TaskTagRead(Output):
    """What a client sees of a tag on a task."""

    task_id: uuid.UUID
    tag_id: uuid.UUID
    created_at: datetime
