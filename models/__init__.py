"""The mirrors of the schema: a class for each table and view, and what a client may create, update and read.

To be vendored as it is, under any name. Importing it connects to nothing.
"""

from .attachments import Attachment, AttachmentCreate, AttachmentRead, AttachmentUpdate
from .audit_log import AuditLog, AuditLogRead
from .base import Base, Input, Output, ReadOnlyError, metadata
from .comments import Comment, CommentCreate, CommentRead, CommentUpdate
from .enums import AssignmentStatus, AuditAction, MemberRole, RecurrenceFrequency, TaskStatus
from .project_members import ProjectMember, ProjectMemberCreate, ProjectMemberRead, ProjectMemberUpdate
from .projects import Project, ProjectCreate, ProjectRead, ProjectUpdate
from .tags import Tag, TagCreate, TagRead, TagUpdate
from .task_assignments import TaskAssignment, TaskAssignmentCreate, TaskAssignmentRead, TaskAssignmentUpdate
from .task_tags import TaskTag, TaskTagCreate, TaskTagRead
from .tasks import Task, TaskCreate, TaskRead, TaskUpdate
from .time_blocks import TimeBlock, TimeBlockCreate, TimeBlockRead, TimeBlockUpdate
from .types import Recurrence
from .user_settings import UserSettings, UserSettingsCreate, UserSettingsRead, UserSettingsUpdate
from .users import User, UserRead
from .views import ActiveTask, ActiveTaskRead, ProjectProgress, ProjectProgressRead

# columns that no Read shows: secrets, rows that hold secrets, and words for the index
PRIVATE = {
    "attachments": frozenset({"storage_key"}),
    "audit_log": frozenset({"old_row", "new_row"}),
    "tasks": frozenset({"search_vector"}),
}

__all__ = [
    "PRIVATE",
    "ActiveTask",
    "ActiveTaskRead",
    "AssignmentStatus",
    "Attachment",
    "AttachmentCreate",
    "AttachmentRead",
    "AttachmentUpdate",
    "AuditAction",
    "AuditLog",
    "AuditLogRead",
    "Base",
    "Comment",
    "CommentCreate",
    "CommentRead",
    "CommentUpdate",
    "Input",
    "MemberRole",
    "Output",
    "Project",
    "ProjectCreate",
    "ProjectMember",
    "ProjectMemberCreate",
    "ProjectMemberRead",
    "ProjectMemberUpdate",
    "ProjectProgress",
    "ProjectProgressRead",
    "ProjectRead",
    "ProjectUpdate",
    "ReadOnlyError",
    "Recurrence",
    "RecurrenceFrequency",
    "Tag",
    "TagCreate",
    "TagRead",
    "TagUpdate",
    "Task",
    "TaskAssignment",
    "TaskAssignmentCreate",
    "TaskAssignmentRead",
    "TaskAssignmentUpdate",
    "TaskCreate",
    "TaskRead",
    "TaskStatus",
    "TaskTag",
    "TaskTagCreate",
    "TaskTagRead",
    "TaskUpdate",
    "TimeBlock",
    "TimeBlockCreate",
    "TimeBlockRead",
    "TimeBlockUpdate",
    "User",
    "UserRead",
    "UserSettings",
    "UserSettingsCreate",
    "UserSettingsRead",
    "UserSettingsUpdate",
    "metadata",
]
