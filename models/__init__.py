# written by tools models; edit the SQL
"""The mirrors of the schema: a class for each table and view, and what a client may create, update and read.

To be vendored as it is, under any name. Importing it connects to nothing and loads no table: each is loaded
when its class is asked for, and all of them with `metadata`.
"""

from typing import TYPE_CHECKING

from .loading import Loader

if TYPE_CHECKING:
    from .active_tasks import ActiveTask, ActiveTaskRead
    from .attachments import Attachment, AttachmentCreate, AttachmentRead, AttachmentUpdate
    from .audit_log import AuditLog, AuditLogRead
    from .base import Base, Input, Output, ReadOnlyError, metadata
    from .comments import Comment, CommentCreate, CommentRead, CommentUpdate
    from .compatibility import SchemaError, check
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
    from .project_progress import ProjectProgress, ProjectProgressRead
    from .projects import Project, ProjectCreate, ProjectRead, ProjectUpdate
    from .retry import Patience, run, run_async
    from .schema import Recurrence
    from .scope import Collection, Scope
    from .session import acting_as, async_dependency, async_transaction, dependency, transaction
    from .tags import Tag, TagCreate, TagRead, TagUpdate
    from .task_assignments import TaskAssignment, TaskAssignmentCreate, TaskAssignmentRead, TaskAssignmentUpdate
    from .task_tags import TaskTag, TaskTagCreate, TaskTagRead
    from .tasks import Task, TaskCreate, TaskRead, TaskUpdate
    from .time_blocks import TimeBlock, TimeBlockCreate, TimeBlockRead, TimeBlockUpdate
    from .user_settings import UserSettings, UserSettingsCreate, UserSettingsRead, UserSettingsUpdate
    from .users import User, UserRead

# columns that no Read shows
PRIVATE: dict[str, frozenset[str]] = {
    "attachments": frozenset({"storage_key"}),
    "audit_log": frozenset({"old_row", "new_row"}),
    "tasks": frozenset({"search_vector"}),
}

_loader = Loader(
    __name__,
    names={
        "ActiveTask": "active_tasks",
        "ActiveTaskRead": "active_tasks",
        "AddressError": "errors",
        "AssignmentStatus": "enums",
        "AsyncCrud": "crud",
        "Attachment": "attachments",
        "AttachmentCreate": "attachments",
        "AttachmentRead": "attachments",
        "AttachmentUpdate": "attachments",
        "AuditAction": "enums",
        "AuditLog": "audit_log",
        "AuditLogRead": "audit_log",
        "Base": "base",
        "BusyError": "errors",
        "Collection": "scope",
        "Comment": "comments",
        "CommentCreate": "comments",
        "CommentRead": "comments",
        "CommentUpdate": "comments",
        "CommitUnknownError": "errors",
        "ConflictError": "errors",
        "Crud": "crud",
        "CursorPage": "pages",
        "DatabaseError": "errors",
        "ForbiddenError": "errors",
        "Input": "base",
        "InputError": "errors",
        "InvalidError": "errors",
        "MemberRole": "enums",
        "NotFoundError": "errors",
        "Output": "base",
        "Page": "pages",
        "Patience": "retry",
        "Pool": "engine",
        "Project": "projects",
        "ProjectCreate": "projects",
        "ProjectMember": "project_members",
        "ProjectMemberCreate": "project_members",
        "ProjectMemberRead": "project_members",
        "ProjectMemberUpdate": "project_members",
        "ProjectProgress": "project_progress",
        "ProjectProgressRead": "project_progress",
        "ProjectRead": "projects",
        "ProjectUpdate": "projects",
        "ReadOnlyError": "base",
        "Recurrence": "schema",
        "RecurrenceFrequency": "enums",
        "SchemaError": "compatibility",
        "Scope": "scope",
        "StaleError": "errors",
        "Tag": "tags",
        "TagCreate": "tags",
        "TagRead": "tags",
        "TagUpdate": "tags",
        "Task": "tasks",
        "TaskAssignment": "task_assignments",
        "TaskAssignmentCreate": "task_assignments",
        "TaskAssignmentRead": "task_assignments",
        "TaskAssignmentUpdate": "task_assignments",
        "TaskCreate": "tasks",
        "TaskRead": "tasks",
        "TaskStatus": "enums",
        "TaskTag": "task_tags",
        "TaskTagCreate": "task_tags",
        "TaskTagRead": "task_tags",
        "TaskUpdate": "tasks",
        "TimeBlock": "time_blocks",
        "TimeBlockCreate": "time_blocks",
        "TimeBlockRead": "time_blocks",
        "TimeBlockUpdate": "time_blocks",
        "TimedOutError": "errors",
        "UnavailableError": "errors",
        "User": "users",
        "UserRead": "users",
        "UserSettings": "user_settings",
        "UserSettingsCreate": "user_settings",
        "UserSettingsRead": "user_settings",
        "UserSettingsUpdate": "user_settings",
        "acting_as": "session",
        "async_dependency": "session",
        "async_transaction": "session",
        "check": "compatibility",
        "dependency": "session",
        "metadata": "base",
        "open_async_engine": "engine",
        "open_engine": "engine",
        "run": "retry",
        "run_async": "retry",
        "transaction": "session",
    },
    tables={
        "active_tasks": "active_tasks",
        "attachments": "attachments",
        "audit_log": "audit_log",
        "comments": "comments",
        "project_members": "project_members",
        "project_progress": "project_progress",
        "projects": "projects",
        "tags": "tags",
        "task_assignments": "task_assignments",
        "task_tags": "task_tags",
        "tasks": "tasks",
        "time_blocks": "time_blocks",
        "user_settings": "user_settings",
        "users": "users",
    },
)
load_all = _loader.load_all
if not TYPE_CHECKING:
    __getattr__ = _loader.find

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
    "SchemaError",
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
    "check",
    "dependency",
    "load_all",
    "metadata",
    "open_async_engine",
    "open_engine",
    "run",
    "run_async",
    "transaction",
]
