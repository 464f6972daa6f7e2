"""The mirrors of the schema: a class for each table and view, and what a client may create, update and read.

To be vendored as it is, under any name. Importing it connects to nothing.
"""

from .attachments import Attachment, AttachmentCreate, AttachmentRead, AttachmentUpdate
from .audit_log import AuditLog, AuditLogRead
from .base import Base, Input, Output, ReadOnlyError, metadata
from .comments import Comment, CommentCreate, CommentRead, CommentUpdate
from .crud import AsyncCrud, Crud
from .engine import Pool, open_async_engine, open_engine
from .enums import AssignmentStatus, AuditAction, MemberRole, RecurrenceFrequency, TaskStatus
from .errors import (
    AddressError,
    BusyError,
    CommitUnknownError,
    ConflictError,
    DatabaseError,
    ForbiddenError,
    InputError,
    InvalidError,
    NotFoundError,
    StaleError,
    TimedOutError,
    UnavailableError,
)
from .pages import CursorPage, Page
from .project_members import ProjectMember, ProjectMemberCreate, ProjectMemberRead, ProjectMemberUpdate
from .projects import Project, ProjectCreate, ProjectRead, ProjectUpdate
from .retry import Patience, run, run_async
from .scope import Collection, Scope
from .session import acting_as, async_dependency, async_transaction, dependency, transaction
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
    "AddressError",
    "AssignmentStatus",
    "AsyncCrud",
    "Attachment",
    "AttachmentCreate",
    "AttachmentRead",
    "AttachmentUpdate",
    "AuditAction",
    "AuditLog",
    "AuditLogRead",
    "Base",
    "BusyError",
    "Collection",
    "Comment",
    "CommentCreate",
    "CommentRead",
    "CommentUpdate",
    "CommitUnknownError",
    "ConflictError",
    "Crud",
    "CursorPage",
    "DatabaseError",
    "ForbiddenError",
    "Input",
    "InputError",
    "InvalidError",
    "MemberRole",
    "NotFoundError",
    "Output",
    "Page",
    "Patience",
    "Pool",
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
    "Scope",
    "StaleError",
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
    "TimedOutError",
    "UnavailableError",
    "User",
    "UserRead",
    "UserSettings",
    "UserSettingsCreate",
    "UserSettingsRead",
    "UserSettingsUpdate",
    "acting_as",
    "async_dependency",
    "async_transaction",
    "dependency",
    "metadata",
    "open_async_engine",
    "open_engine",
    "run",
    "run_async",
    "transaction",
]
