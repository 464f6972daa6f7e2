"""Attachments: files on tasks, projects and comments."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional, Self

import pydantic
from pydantic import MISSING
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, Relationship

from .base import Base, Input, Output
from .rules import ContentType, FileName, Sha256, exactly_one

if TYPE_CHECKING:
    from .comments import Comment
    from .projects import Project
    from .tasks import Task
    from .users import User


class Attachment(Base, table=True):
    """A file on exactly one task, project or comment; the bytes are in the object store."""

    __tablename__: ClassVar[Any] = "attachments"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("id", name="attachments_pkey", info={"comment": "One attachment by its key."}),
        UniqueConstraint(
            "task_id",
            "project_id",
            "comment_id",
            "file_name",
            name="attachments_parent_file_name_key",
            postgresql_nulls_not_distinct=True,
            info={
                "comment": "One file of a name on each parent; the attachments of a task (list_attachments); "
                "also serves the foreign key to tasks."
            },
        ),
        UniqueConstraint(
            "storage_key",
            name="attachments_storage_key_key",
            info={"comment": "No two rows share an object of the store."},
        ),
        CheckConstraint("num_nonnulls(task_id, project_id, comment_id) = 1", name="attachments_parent_check"),
        CheckConstraint(
            "btrim(file_name) <> '' and position('/' in file_name) = 0", name="attachments_file_name_check"
        ),
        CheckConstraint("content_type ~ '^[a-z0-9.+-]+/[a-z0-9.+-]+$'", name="attachments_content_type_check"),
        CheckConstraint("byte_size between 1 and 5368709120", name="attachments_byte_size_check"),
        CheckConstraint("octet_length(sha256) = 32", name="attachments_sha256_check"),
        Index("attachments_user_id_idx", "user_id", info={"comment": "Serves the foreign key to users."}),
        Index(
            "attachments_project_id_idx",
            "project_id",
            info={"comment": "The attachments of a project; also serves the foreign key to projects."},
        ),
        Index(
            "attachments_comment_id_idx",
            "comment_id",
            info={"comment": "The attachments of a comment; also serves the foreign key to comments."},
        ),
        {"comment": "A file on exactly one task, project or comment; the bytes are in the object store."},
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="attachments_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Who attached it (users.id). On delete cascade: the attachments of a deleted user go with "
            "the account."
        },
    )
    task_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("tasks.id", name="attachments_task_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The task it is on (tasks.id), or null. On delete cascade: the attachments go with the task."
        },
    )
    project_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("projects.id", name="attachments_project_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The project it is on (projects.id), or null. On delete cascade: the attachments go with the "
            "project."
        },
    )
    comment_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("comments.id", name="attachments_comment_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The comment it is on (comments.id), or null. On delete cascade: the attachments go with the "
            "comment."
        },
    )
    file_name: str = Field(
        max_length=255,
        sa_column_kwargs={"comment": "Name as the user gave it, without a path; unique on its parent."},
    )
    content_type: str = Field(
        max_length=127, sa_column_kwargs={"comment": "Media type in lower case, such as application/pdf."}
    )
    byte_size: int = Field(
        sa_type=BigInteger, sa_column_kwargs={"comment": "Size in bytes: at least 1, at most 5 GiB."}
    )
    sha256: bytes = Field(
        sa_column_kwargs={"comment": "SHA-256 of the bytes, 32 of them, to check a download."},
    )
    storage_key: str = Field(
        max_length=500,
        sa_column_kwargs={"comment": "Key in the object store; sensitive: never shown to a client. @private"},
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger attachments_set_updated_at.",
        },
    )

    user: "User" = Relationship(back_populates="attachments", sa_relationship_kwargs={"viewonly": True})
    task: Optional["Task"] = Relationship(back_populates="attachments")
    project: Optional["Project"] = Relationship(back_populates="attachments")
    comment: Optional["Comment"] = Relationship(back_populates="attachments")


class AttachmentCreate(Input):
    """What a client says of a new attachment; who attaches it is who asks, and the server chooses the storage key."""

    task_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None
    comment_id: uuid.UUID | None = None
    file_name: Annotated[FileName, pydantic.Field(max_length=255)]
    content_type: Annotated[ContentType, pydantic.Field(max_length=127)]
    byte_size: Annotated[int, pydantic.Field(ge=1, le=5_368_709_120)]
    sha256: Sha256

    @pydantic.model_validator(mode="after")
    def has_one_parent(self) -> Self:
        """attachments_parent_check."""
        exactly_one(task_id=self.task_id, project_id=self.project_id, comment_id=self.comment_id)
        return self


class AttachmentUpdate(Input):
    """What a client changes of an attachment; what is absent stays."""

    file_name: Annotated[FileName, pydantic.Field(max_length=255)] | MISSING = MISSING


class AttachmentRead(Output):
    """What a client sees of an attachment."""

    id: uuid.UUID
    user_id: uuid.UUID
    task_id: uuid.UUID | None
    project_id: uuid.UUID | None
    comment_id: uuid.UUID | None
    file_name: str
    content_type: str
    byte_size: int
    sha256: bytes
    created_at: datetime
    updated_at: datetime
