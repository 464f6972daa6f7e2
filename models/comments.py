# written by tools models; edit the SQL
"""The table comments.

Not mirrored: row-level security, the policies comments_delete, comments_insert, comments_select, comments_update, the
triggers comments_set_updated_at.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional, Self

import pydantic
from pydantic import MISSING
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from . import rules
from .base import Base, Input, Output

if TYPE_CHECKING:
    from .attachments import Attachment
    from .projects import Project
    from .tasks import Task
    from .users import User


class Comment(Base, table=True):
    """What somebody says about exactly one task or one project."""

    __tablename__: ClassVar[Any] = "comments"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("id", name="comments_pkey", info={"comment": "One comment by its key."}),
        CheckConstraint("btrim((body)::text) <> ''::text", name="comments_body_check"),
        CheckConstraint("num_nonnulls(task_id, project_id) = 1", name="comments_parent_check"),
        Index(
            "comments_project_id_created_at_idx",
            "project_id",
            "created_at",
            info={"comment": "The comments on a project, oldest first; also serves the foreign key to projects."},
        ),
        Index(
            "comments_task_id_created_at_idx",
            "task_id",
            "created_at",
            info={
                "comment": "The comments on a task, oldest first (list_task_comments); also serves the foreign key to "
                "tasks."
            },
        ),
        Index("comments_user_id_idx", "user_id", info={"comment": "Serves the foreign key to users."}),
        {"comment": "What somebody says about exactly one task or one project.", "info": {"owner": "user_id"}},
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="comments_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Author (users.id). On delete cascade: the comments of a deleted user go with the account. "
            "@owner"
        },
    )
    task_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("tasks.id", name="comments_task_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The task it is about (tasks.id); null when it is about a project. On delete cascade: the "
            "comments go with the task. @immutable"
        },
    )
    project_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("projects.id", name="comments_project_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The project it is about (projects.id); null when it is about a task. On delete cascade: the "
            "comments go with the project. @immutable"
        },
    )
    body: str = Field(max_length=5000, sa_column_kwargs={"comment": "The text; never blank."})
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger comments_set_updated_at.",
        },
    )

    project: Optional["Project"] = Relationship(back_populates="comments")
    task: Optional["Task"] = Relationship(back_populates="comments")
    user: "User" = Relationship(back_populates="comments", sa_relationship_kwargs={"viewonly": True})
    attachments: list["Attachment"] = Relationship(
        back_populates="comment", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )


class CommentCreate(Input):
    """What a client says of a new comment."""

    task_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None
    body: Annotated[str, pydantic.Field(max_length=5000), rules.FILLED]

    @pydantic.model_validator(mode="after")
    def comments_parent_check(self) -> Self:
        """comments_parent_check: exactly one of them is given."""
        rules.exactly_one(task_id=self.task_id, project_id=self.project_id)
        return self


class CommentUpdate(Input):
    """What a client changes of a comment; what is absent stays."""

    body: Annotated[str, pydantic.Field(max_length=5000), rules.FILLED] | MISSING = MISSING


class CommentRead(Output):
    """What a client sees of a comment."""

    id: uuid.UUID
    user_id: uuid.UUID
    task_id: uuid.UUID | None
    project_id: uuid.UUID | None
    body: str
    created_at: datetime
    updated_at: datetime
