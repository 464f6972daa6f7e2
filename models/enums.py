"""The enum types of the schema: labels are stored, and order is the order of declaration, as in PostgreSQL."""

import enum
from typing import Any

from sqlalchemy import Connection, MetaData, event
from sqlalchemy.dialects.postgresql import ENUM

from .base import CommentOn, metadata


class Label(enum.StrEnum):
    """A label of an enum type; compares by declaration, where a plain str would compare by spelling."""

    @property
    def rank(self) -> int:
        """The place of the label in the declaration, from 0."""
        return list(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= type(self)(other).rank


class AssignmentStatus(Label):
    """What the assignee answered: pending until then, accepted or declined."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AuditAction(Label):
    """What happened to the row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class MemberRole(Label):
    """What a member of a project may do, strongest first.

    Owner administers it, editor writes its tasks, viewer reads.
    """

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class RecurrenceFrequency(Label):
    """The unit of a recurrence."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class TaskStatus(Label):
    """Where a task stands: todo and in_progress are open, done and cancelled are closed."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


def _labels(labels: type[enum.Enum]) -> list[str]:
    return [str(label.value) for label in labels]


def _mirror(labels: type[Label], name: str, comment: str) -> ENUM:
    """Make the type of the columns; without `values_callable` SQLAlchemy stores the names, TODO and not todo."""
    mirrored = ENUM(labels, name=name, values_callable=_labels, metadata=metadata)

    @event.listens_for(metadata, "after_create")
    def _comment(_target: MetaData, connection: Connection, **_: Any) -> None:
        connection.execute(CommentOn("type", [name], comment))

    return mirrored


assignment_status = _mirror(
    AssignmentStatus,
    "assignment_status",
    "What the assignee answered: pending until then, accepted or declined.",
)
audit_action = _mirror(AuditAction, "audit_action", "What happened to the row.")
member_role = _mirror(
    MemberRole,
    "member_role",
    "What a member of a project may do, strongest first: owner administers it, editor writes its tasks, viewer reads.",
)
recurrence_frequency = _mirror(RecurrenceFrequency, "recurrence_frequency", "The unit of a recurrence.")
task_status = _mirror(
    TaskStatus,
    "task_status",
    "Where a task stands: todo and in_progress are open, done and cancelled are closed.",
)
