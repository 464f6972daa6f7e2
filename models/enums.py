# written by tools models; edit the SQL
"""The enum types: labels are stored, in the order of their declaration."""

from .types import Label, enum_type


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


assignment_status = enum_type(
    AssignmentStatus,
    "assignment_status",
    comment="What the assignee answered: pending until then, accepted or declined.",
)
audit_action = enum_type(AuditAction, "audit_action", comment="What happened to the row.")
member_role = enum_type(
    MemberRole,
    "member_role",
    comment="What a member of a project may do, strongest first. Owner administers it, editor writes its tasks, "
    "viewer reads.",
)
recurrence_frequency = enum_type(RecurrenceFrequency, "recurrence_frequency", comment="The unit of a recurrence.")
task_status = enum_type(
    TaskStatus,
    "task_status",
    comment="Where a task stands: todo and in_progress are open, done and cancelled are closed.",
)
