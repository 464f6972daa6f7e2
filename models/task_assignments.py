# written by tools models; edit the SQL
"""The table task_assignments.

Not mirrored: row-level security, the policies task_assignments_delete, task_assignments_insert,
task_assignments_select, task_assignments_update, the triggers task_assignments_set_updated_at,
task_assignments_write_audit_log.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Optional

from pydantic import MISSING
from sqlalchemy import FetchedValue, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from .base import Base, Input, Output
from .enums import AssignmentStatus, assignment_status

if TYPE_CHECKING:
    from .tasks import Task
    from .users import User


class TaskAssignment(Base, table=True):
    """Who is to do a task, and what each of them answered."""

    __tablename__: ClassVar[Any] = "task_assignments"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint(
            "task_id",
            "user_id",
            name="task_assignments_pkey",
            info={"comment": "One assignment; the assignees of a task."},
        ),
        Index(
            "task_assignments_assigned_by_idx",
            "assigned_by",
            info={"comment": "Serves the foreign key from assigned_by to users."},
        ),
        Index(
            "task_assignments_user_id_status_idx",
            "user_id",
            "status",
            info={
                "comment": "What a user is to do and has not answered yet (list_assignments); also serves the foreign "
                "key from user_id to users."
            },
        ),
        {"comment": "Who is to do a task, and what each of them answered."},
    )

    task_id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_args=[ForeignKey("tasks.id", name="task_assignments_task_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={"comment": "The task (tasks.id). On delete cascade: the assignments go with the task."},
    )
    user_id: uuid.UUID = Field(
        primary_key=True,
        sa_column_args=[ForeignKey("users.id", name="task_assignments_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The assignee (users.id). On delete cascade: the assignments of a deleted user go with the "
            "account, the task stays."
        },
    )
    assigned_by: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("users.id", name="task_assignments_assigned_by_fkey", ondelete="SET NULL")],
        sa_column_kwargs={
            "comment": "Who assigned it (users.id); null when a migration did or the account is gone. On delete set "
            "null: the assignment stays. @omit create, update"
        },
    )
    status: AssignmentStatus = Field(
        default=None,
        sa_type=assignment_status,
        sa_column_kwargs={
            "server_default": text("'pending'::assignment_status"),
            "comment": "What the assignee answered. @omit create",
        },
    )
    assigned_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the task was assigned."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the answer last changed; kept by the trigger task_assignments_set_updated_at.",
        },
    )

    assigner: Optional["User"] = Relationship(
        back_populates="task_assignments_assigned_by",
        sa_relationship_kwargs={"viewonly": True, "foreign_keys": "TaskAssignment.assigned_by"},
    )
    task: "Task" = Relationship(back_populates="assignments")
    user: "User" = Relationship(
        back_populates="assignments",
        sa_relationship_kwargs={"viewonly": True, "foreign_keys": "TaskAssignment.user_id"},
    )


class TaskAssignmentCreate(Input):
    """What a client says of a new task assignment."""

    task_id: uuid.UUID
    user_id: uuid.UUID


class TaskAssignmentUpdate(Input):
    """What a client changes of a task assignment; what is absent stays."""

    status: AssignmentStatus | MISSING = MISSING


class TaskAssignmentRead(Output):
    """What a client sees of a task assignment."""

    task_id: uuid.UUID
    user_id: uuid.UUID
    assigned_by: uuid.UUID | None
    status: AssignmentStatus
    assigned_at: datetime
    updated_at: datetime
