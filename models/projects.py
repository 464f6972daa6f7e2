# written by tools models; edit the SQL
"""The table projects.

Not mirrored: row-level security, the policies projects_delete, projects_insert, projects_select_own,
projects_select_shared, projects_update, the triggers projects_set_updated_at, projects_write_audit_log.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pydantic
from pydantic import MISSING, AfterValidator
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from . import rules
from .base import Base, Input, Output
from .schema import hex_color

if TYPE_CHECKING:
    from .attachments import Attachment
    from .comments import Comment
    from .project_members import ProjectMember
    from .tasks import Task
    from .users import User


class Project(Base, table=True):
    """A named list of tasks that a user owns and may share with members."""

    __tablename__: ClassVar[Any] = "projects"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("id", name="projects_pkey", info={"comment": "One project by its key."}),
        CheckConstraint("btrim((name)::text) <> ''::text", name="projects_name_check"),
        Index(
            "projects_user_id_created_at_id_idx",
            "user_id",
            text("created_at desc"),
            text("id desc"),
            info={
                "comment": "A user's projects, newest first, page by page (list_projects); also serves the foreign key "
                "to users."
            },
        ),
        Index(
            "projects_user_id_lower_idx",
            "user_id",
            text("lower((name)::text)"),
            unique=True,
            postgresql_where=text("archived_at IS NULL"),
            info={"comment": "One live project of a name for each owner, whatever the case (find_project)."},
        ),
        {"comment": "A named list of tasks that a user owns and may share with members.", "info": {"owner": "user_id"}},
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="projects_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Owner (users.id). On delete cascade: the projects of a deleted user go with the account. @owner"
        },
    )
    name: str = Field(max_length=120, sa_column_kwargs={"comment": "Name shown to people; never blank."})
    description: str | None = Field(
        default=None,
        max_length=1000,
        sa_column_kwargs={"comment": "What the project is for; null when nobody wrote it down."},
    )
    color: str = Field(
        default=None,
        sa_type=hex_color,
        sa_column_kwargs={
            "server_default": text("'#64748b'::character varying"),
            "comment": "Colour of the project in lists and calendars.",
        },
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger projects_set_updated_at.",
        },
    )
    archived_at: datetime | None = Field(
        default=None,
        sa_column_kwargs={"comment": "When the owner put the project away; null while it is live. @omit create"},
    )

    user: "User" = Relationship(back_populates="projects", sa_relationship_kwargs={"viewonly": True})
    attachments: list["Attachment"] = Relationship(
        back_populates="project", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )
    comments: list["Comment"] = Relationship(
        back_populates="project", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )
    members: list["ProjectMember"] = Relationship(back_populates="project", cascade_delete=True, passive_deletes=True)
    tasks: list["Task"] = Relationship(
        back_populates="project", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )


ProjectColor = Annotated[
    str, pydantic.Field(max_length=7), rules.STORABLE, AfterValidator(rules.matches("#[0-9a-f]{6}"))
]


class ProjectCreate(Input):
    """What a client says of a new project."""

    name: Annotated[str, pydantic.Field(max_length=120), rules.FILLED]
    description: Annotated[str, pydantic.Field(max_length=1000), rules.STORABLE] | None = None
    color: ProjectColor | MISSING = MISSING


class ProjectUpdate(Input):
    """What a client changes of a project; what is absent stays."""

    name: Annotated[str, pydantic.Field(max_length=120), rules.FILLED] | MISSING = MISSING
    description: Annotated[str, pydantic.Field(max_length=1000), rules.STORABLE] | MISSING | None = MISSING
    color: ProjectColor | MISSING = MISSING
    archived_at: rules.Moment | MISSING | None = MISSING


class ProjectRead(Output):
    """What a client sees of a project."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    description: str | None
    color: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
