# written by tools models; edit the SQL
"""The table project_members.

Not mirrored: row-level security, the policies project_members_delete, project_members_insert,
project_members_select_own, project_members_select_shared, project_members_update, the triggers
project_members_set_updated_at, project_members_write_audit_log.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import MISSING
from sqlalchemy import FetchedValue, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from .base import Base, Input, Output
from .enums import MemberRole, member_role

if TYPE_CHECKING:
    from .projects import Project
    from .users import User


class ProjectMember(Base, table=True):
    """Who shares a project, beside its owner in projects.user_id, and in which role."""

    __tablename__: ClassVar[Any] = "project_members"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint(
            "project_id",
            "user_id",
            name="project_members_pkey",
            info={"comment": "One membership; the members of a project (list_project_members)."},
        ),
        Index(
            "project_members_user_id_project_id_role_idx",
            "user_id",
            "project_id",
            postgresql_include=["role"],
            info={
                "comment": "The projects that a user shares, with the role, without touching the table "
                "(list_shared_projects); also serves the foreign key to users."
            },
        ),
        {"comment": "Who shares a project, beside its owner in projects.user_id, and in which role."},
    )

    project_id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_args=[ForeignKey("projects.id", name="project_members_project_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The shared project (projects.id). On delete cascade: the memberships of a deleted project go "
            "with it."
        },
    )
    user_id: uuid.UUID = Field(
        primary_key=True,
        sa_column_args=[ForeignKey("users.id", name="project_members_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The member (users.id). On delete cascade: the memberships of a deleted user go with the "
            "account."
        },
    )
    role: MemberRole = Field(
        default=None,
        sa_type=member_role,
        sa_column_kwargs={
            "server_default": text("'editor'::member_role"),
            "comment": "What the member may do in the project.",
        },
    )
    assigned_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the person became a member."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the role last changed; kept by the trigger project_members_set_updated_at.",
        },
    )

    project: "Project" = Relationship(back_populates="members")
    user: "User" = Relationship(back_populates="memberships", sa_relationship_kwargs={"viewonly": True})


class ProjectMemberCreate(Input):
    """What a client says of a new project member."""

    project_id: uuid.UUID
    user_id: uuid.UUID
    role: MemberRole | MISSING = MISSING


class ProjectMemberUpdate(Input):
    """What a client changes of a project member; what is absent stays."""

    role: MemberRole | MISSING = MISSING


class ProjectMemberRead(Output):
    """What a client sees of a project member."""

    project_id: uuid.UUID
    user_id: uuid.UUID
    role: MemberRole
    assigned_at: datetime
    updated_at: datetime
