# written by tools models; edit the SQL
"""The table attachments.

Not mirrored: row-level security, the policies attachments_delete, attachments_insert, attachments_select,
attachments_update, the triggers attachments_set_updated_at, attachments_write_audit_log.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional, Self

import pydantic
from pydantic import MISSING, AfterValidator
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

from . import rules
from .base import Base, Input, Output

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
                "comment": "One file of a name on each parent; the attachments of a task (list_attachments); also "
                "serves the foreign key to tasks."
            },
        ),
        UniqueConstraint(
            "storage_key",
            name="attachments_storage_key_key",
            info={"comment": "No two rows share an object of the store."},
        ),
        CheckConstraint("(byte_size >= 1) AND (byte_size <= '5368709120'::bigint)", name="attachments_byte_size_check"),
        CheckConstraint(
            "(content_type)::text ~ '^[a-z0-9.+-]+/[a-z0-9.+-]+$'::text", name="attachments_content_type_check"
        ),
        CheckConstraint(
            "(btrim((file_name)::text) <> ''::text) AND (POSITION(('/'::text) IN (file_name)) = 0)",
            name="attachments_file_name_check",
        ),
        CheckConstraint("num_nonnulls(task_id, project_id, comment_id) = 1", name="attachments_parent_check"),
        CheckConstraint("octet_length(sha256) = 32", name="attachments_sha256_check"),
        Index(
            "attachments_comment_id_idx",
            "comment_id",
            info={"comment": "The attachments of a comment; also serves the foreign key to comments."},
        ),
        Index(
            "attachments_project_id_idx",
            "project_id",
            info={"comment": "The attachments of a project; also serves the foreign key to projects."},
        ),
        Index("attachments_user_id_idx", "user_id", info={"comment": "Serves the foreign key to users."}),
        {
            "comment": "A file on exactly one task, project or comment; the bytes are in the object store.",
            "info": {"owner": "user_id"},
        },
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="attachments_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Who attached it (users.id). On delete cascade: the attachments of a deleted user go with the "
            "account. @owner"
        },
    )
    task_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("tasks.id", name="attachments_task_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The task it is on (tasks.id), or null. On delete cascade: the attachments go with the task. "
            "@immutable"
        },
    )
    project_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("projects.id", name="attachments_project_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The project it is on (projects.id), or null. On delete cascade: the attachments go with the "
            "project. @immutable"
        },
    )
    comment_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("comments.id", name="attachments_comment_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The comment it is on (comments.id), or null. On delete cascade: the attachments go with the "
            "comment. @immutable"
        },
    )
    file_name: str = Field(
        max_length=255, sa_column_kwargs={"comment": "Name as the user gave it, without a path; unique on its parent."}
    )
    content_type: str = Field(
        max_length=127, sa_column_kwargs={"comment": "Media type in lower case, such as application/pdf. @immutable"}
    )
    byte_size: int = Field(
        sa_type=BigInteger, sa_column_kwargs={"comment": "Size in bytes: at least 1, at most 5 GiB. @immutable"}
    )
    sha256: bytes = Field(
        sa_column_kwargs={"comment": "SHA-256 of the bytes, 32 of them, to check a download. @immutable"}
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

    comment: Optional["Comment"] = Relationship(back_populates="attachments")
    project: Optional["Project"] = Relationship(back_populates="attachments")
    task: Optional["Task"] = Relationship(back_populates="attachments")
    user: "User" = Relationship(back_populates="attachments", sa_relationship_kwargs={"viewonly": True})


AttachmentContentType = Annotated[
    str, pydantic.Field(max_length=127), rules.STORABLE, AfterValidator(rules.matches("[a-z0-9.+-]+/[a-z0-9.+-]+"))
]

AttachmentFileName = Annotated[str, pydantic.Field(max_length=255), rules.FILLED, AfterValidator(rules.without("/"))]


class AttachmentCreate(Input):
    """What a client says of a new attachment."""

    task_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None
    comment_id: uuid.UUID | None = None
    file_name: AttachmentFileName
    content_type: AttachmentContentType
    byte_size: Annotated[int, pydantic.Field(ge=1, le=5_368_709_120)]
    sha256: Annotated[rules.Bytes, pydantic.Field(min_length=32, max_length=32)]

    @pydantic.model_validator(mode="after")
    def attachments_parent_check(self) -> Self:
        """attachments_parent_check: exactly one of them is given."""
        rules.exactly_one(task_id=self.task_id, project_id=self.project_id, comment_id=self.comment_id)
        return self


class AttachmentUpdate(Input):
    """What a client changes of an attachment; what is absent stays."""

    file_name: AttachmentFileName | MISSING = MISSING


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
