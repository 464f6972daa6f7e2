# written by tools models; edit the SQL
"""The table tasks.

Not mirrored: row-level security, the policies tasks_delete, tasks_insert, tasks_select, tasks_update, the triggers
tasks_bump_version, tasks_normalize, tasks_set_updated_at, tasks_set_updated_by, tasks_write_audit_log.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional

import pydantic
from pydantic import MISSING
from sqlalchemy import (
    CheckConstraint,
    Computed,
    FetchedValue,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, Relationship

from . import rules
from .base import Base, Input, Output
from .enums import TaskStatus, task_status
from .house_rules import Repetition
from .schema import Recurrence
from .schema import recurrence as recurrence_
from .task_tags import TaskTag
from .types import Json, Strings

if TYPE_CHECKING:
    from .attachments import Attachment
    from .comments import Comment
    from .projects import Project
    from .tags import Tag
    from .task_assignments import TaskAssignment
    from .time_blocks import TimeBlock
    from .users import User


class Task(Base, table=True):
    """Something to do: alone, in a project, or part of another task."""

    __tablename__: ClassVar[Any] = "tasks"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("id", name="tasks_pkey", info={"comment": "One task by its key."}),
        UniqueConstraint(
            "project_id",
            "position",
            name="tasks_project_id_position_key",
            deferrable=True,
            info={
                "comment": "A place in a project is taken once; the tasks of a project in their order "
                "(list_project_tasks); also serves the foreign key to projects."
            },
        ),
        CheckConstraint("(status = 'done'::task_status) = (completed_at IS NOT NULL)", name="tasks_completed_at_check"),
        CheckConstraint("jsonb_typeof(metadata) = 'object'::text", name="tasks_metadata_check"),
        CheckConstraint("parent_id <> id", name="tasks_parent_id_check"),
        CheckConstraint('"position" > 0', name="tasks_position_check"),
        CheckConstraint("(priority >= 1) AND (priority <= 5)", name="tasks_priority_check"),
        CheckConstraint(
            "(num_nonnulls(recurrence) = 0) OR ((num_nonnulls((recurrence).frequency, (recurrence).every) = 2) AND "
            "(((recurrence).every >= 1) AND ((recurrence).every <= 366)))",
            name="tasks_recurrence_check",
        ),
        CheckConstraint(
            "(cardinality(tags) <= 20) AND (array_position(tags, NULL::text) IS NULL)", name="tasks_tags_check"
        ),
        CheckConstraint("btrim((title)::text) <> ''::text", name="tasks_title_check"),
        CheckConstraint("version > 0", name="tasks_version_check"),
        Index(
            "tasks_metadata_idx",
            text("metadata jsonb_path_ops"),
            postgresql_using="gin",
            info={
                "comment": "Tasks whose metadata contains a key and value, by @> (find_tasks_by_metadata); "
                "jsonb_path_ops is half the size of the default."
            },
        ),
        Index(
            "tasks_parent_id_idx",
            "parent_id",
            info={"comment": "The parts of a task (list_subtasks); also serves the foreign key to tasks."},
        ),
        Index(
            "tasks_search_vector_idx",
            "search_vector",
            postgresql_using="gin",
            info={"comment": "Tasks by words, by @@ (search_tasks)."},
        ),
        Index(
            "tasks_tags_idx",
            "tags",
            postgresql_using="gin",
            info={"comment": "Tasks that carry all of some labels, by @> (find_tasks_by_label)."},
        ),
        Index(
            "tasks_title_idx",
            text("title gin_trgm_ops"),
            postgresql_using="gin",
            info={"comment": "Tasks by any part of the title while it is typed, by ilike (find_tasks_by_title)."},
        ),
        Index(
            "tasks_updated_by_idx", "updated_by", info={"comment": "Serves the foreign key from updated_by to users."}
        ),
        Index(
            "tasks_user_id_created_at_id_idx",
            "user_id",
            text("created_at desc"),
            text("id desc"),
            info={
                "comment": "A user's tasks, newest first, page by page (list_tasks); also serves the foreign key to "
                "users."
            },
        ),
        Index(
            "tasks_user_id_deleted_at_idx",
            "user_id",
            text("deleted_at desc"),
            postgresql_where=text("deleted_at IS NOT NULL"),
            info={"comment": "A user's trash, last thrown away first (list_trash)."},
        ),
        Index(
            "tasks_user_id_due_at_idx",
            "user_id",
            "due_at",
            postgresql_where=text(
                "(deleted_at IS NULL) AND (status = ANY (ARRAY['todo'::task_status, 'in_progress'::task_status]))"
            ),
            info={
                "comment": "A user's open tasks by due time (list_due_tasks); closed and deleted ones, most of the "
                "table, are left out."
            },
        ),
        {
            "comment": "Something to do: alone, in a project, or part of another task.",
            "info": {"owner": "user_id", "version": "version"},
        },
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="tasks_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Who made the task and owns it (users.id). On delete cascade: the tasks of a deleted user go "
            "with the account. @owner"
        },
    )
    project_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("projects.id", name="tasks_project_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Project of the task (projects.id); null when it stands alone. On delete cascade: the tasks of "
            "a deleted project go with it; archive it to keep them."
        },
    )
    parent_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("tasks.id", name="tasks_parent_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "The task of which this is a part (tasks.id); null at the top. On delete cascade: subtasks go "
            "with their parent."
        },
    )
    title: str = Field(max_length=200, sa_column_kwargs={"comment": "What is to be done, in a line; never blank."})
    description: str | None = Field(
        default=None, max_length=1000, sa_column_kwargs={"comment": "More about it; null when the title says it all."}
    )
    status: TaskStatus = Field(
        default=None,
        sa_type=task_status,
        sa_column_kwargs={"server_default": text("'todo'::task_status"), "comment": "Where the task stands."},
    )
    priority: int = Field(
        default=None,
        sa_type=SmallInteger,
        sa_column_kwargs={"server_default": text("3"), "comment": "From 1, most urgent, to 5, some day."},
    )
    due_at: datetime | None = Field(
        default=None, sa_column_kwargs={"comment": "When it has to be done; null when there is no hurry."}
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger tasks_set_updated_at.",
        },
    )
    deleted_at: datetime | None = Field(
        default=None,
        sa_column_kwargs={
            "comment": "When the task was thrown away; null while it is in use. It can be restored until the trash is "
            "emptied. @omit create, update"
        },
    )
    completed_at: datetime | None = Field(
        default=None,
        sa_column_kwargs={
            "server_default": FetchedValue(),
            "server_onupdate": FetchedValue(),
            "comment": "When the task was done; null unless status is done. Kept by the trigger tasks_normalize. "
            "@omit create, update",
        },
    )
    tags: list[str] = Field(
        default=None,
        sa_type=Strings,
        sa_column_kwargs={
            "server_default": text("'{}'::text[]"),
            "comment": "Free labels typed into the task, at most 20, none null; the tags that a user keeps are in "
            "task_tags.",
        },
    )
    metadata_: dict[str, Any] = Field(
        default=None,
        alias="metadata",
        sa_type=Json,
        sa_column_kwargs={
            "name": "metadata",
            "server_default": text("'{}'::jsonb"),
            "comment": "What integrations keep on the task: a JSON object.",
        },
    )
    search_vector: str | None = Field(
        default=None,
        sa_type=TSVECTOR,
        sa_column_args=[
            Computed(
                "setweight(to_tsvector('english'::regconfig, (COALESCE(title, ''::character varying))::text), "
                "'A'::\"char\") || setweight(to_tsvector('english'::regconfig, (COALESCE(description, ''::character "
                "varying))::text), 'B'::\"char\")",
                persisted=True,
            )
        ],
        sa_column_kwargs={
            "comment": "Words of title (weight A) and description (weight B) in English, for full-text search; "
            "generated. @private"
        },
    )
    version: int = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("1"),
            "server_onupdate": FetchedValue(),
            "comment": "Counts the changes, from 1; kept by the trigger tasks_bump_version, compared by clients. "
            "@version",
        },
    )
    updated_by: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("users.id", name="tasks_updated_by_fkey", ondelete="SET NULL")],
        sa_column_kwargs={
            "server_default": FetchedValue(),
            "server_onupdate": FetchedValue(),
            "comment": "Who wrote the row last (users.id), kept by the trigger tasks_set_updated_by; null after "
            "maintenance. On delete set null: the task stays. Who made it is user_id. @omit create, update",
        },
    )
    position: int | None = Field(
        default=None,
        sa_column_kwargs={
            "server_default": FetchedValue(),
            "server_onupdate": FetchedValue(),
            "comment": "Place in the project, from 1; null when the task was not placed, has no project or is in the "
            "trash.",
        },
    )
    recurrence: Recurrence | None = Field(
        default=None,
        sa_type=recurrence_,
        sa_column_kwargs={
            "comment": "How the task comes again when it is done; null when it does not. @rule Repetition"
        },
    )

    parent: Optional["Task"] = Relationship(
        back_populates="children", sa_relationship_kwargs={"remote_side": "Task.id"}
    )
    project: Optional["Project"] = Relationship(back_populates="tasks")
    updater: Optional["User"] = Relationship(
        back_populates="tasks_updated_by", sa_relationship_kwargs={"viewonly": True, "foreign_keys": "Task.updated_by"}
    )
    user: "User" = Relationship(
        back_populates="tasks", sa_relationship_kwargs={"viewonly": True, "foreign_keys": "Task.user_id"}
    )
    attachments: list["Attachment"] = Relationship(
        back_populates="task", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )
    comments: list["Comment"] = Relationship(
        back_populates="task", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )
    assignments: list["TaskAssignment"] = Relationship(back_populates="task", cascade_delete=True, passive_deletes=True)
    children: list["Task"] = Relationship(
        back_populates="parent", passive_deletes=True, sa_relationship_kwargs={"cascade": "all"}
    )
    time_blocks: list["TimeBlock"] = Relationship(back_populates="task", passive_deletes=True)
    kept_tags: list["Tag"] = Relationship(back_populates="tasks", link_model=TaskTag, passive_deletes=True)


class TaskCreate(Input):
    """What a client says of a new task. Left to the database: tasks_completed_at_check, tasks_parent_id_check."""

    project_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    title: Annotated[str, pydantic.Field(max_length=200), rules.FILLED]
    description: Annotated[str, pydantic.Field(max_length=1000), rules.STORABLE] | None = None
    status: TaskStatus | MISSING = MISSING
    priority: Annotated[int, pydantic.Field(ge=1, le=5)] | MISSING = MISSING
    due_at: rules.Moment | None = None
    tags: Annotated[list[rules.Text], pydantic.Field(max_length=20)] | MISSING = MISSING
    metadata_: rules.JsonObject | MISSING = pydantic.Field(default=MISSING, alias="metadata")
    position: Annotated[int, pydantic.Field(gt=0, le=2_147_483_647)] | None = None
    recurrence: Repetition | None = None


class TaskUpdate(Input):
    """What a client changes of a task; what is absent stays.

    Left to the database: tasks_completed_at_check, tasks_parent_id_check.
    """

    project_id: uuid.UUID | MISSING | None = MISSING
    parent_id: uuid.UUID | MISSING | None = MISSING
    title: Annotated[str, pydantic.Field(max_length=200), rules.FILLED] | MISSING = MISSING
    description: Annotated[str, pydantic.Field(max_length=1000), rules.STORABLE] | MISSING | None = MISSING
    status: TaskStatus | MISSING = MISSING
    priority: Annotated[int, pydantic.Field(ge=1, le=5)] | MISSING = MISSING
    due_at: rules.Moment | MISSING | None = MISSING
    tags: Annotated[list[rules.Text], pydantic.Field(max_length=20)] | MISSING = MISSING
    metadata_: rules.JsonObject | MISSING = pydantic.Field(default=MISSING, alias="metadata")
    position: Annotated[int, pydantic.Field(gt=0, le=2_147_483_647)] | MISSING | None = MISSING
    recurrence: Repetition | MISSING | None = MISSING


class TaskRead(Output):
    """What a client sees of a task."""

    id: uuid.UUID
    user_id: uuid.UUID
    project_id: uuid.UUID | None
    parent_id: uuid.UUID | None
    title: str
    description: str | None
    status: TaskStatus
    priority: int
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    completed_at: datetime | None
    tags: list[str]
    metadata_: dict[str, Any] = pydantic.Field(
        validation_alias=pydantic.AliasChoices("metadata_", "metadata"), serialization_alias="metadata"
    )
    version: int
    updated_by: uuid.UUID | None
    position: int | None
    recurrence: Recurrence | None
