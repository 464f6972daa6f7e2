# written by tools models; edit the SQL
"""The table audit_log.

Not mirrored: row-level security, the policies audit_log_insert, audit_log_select, its partitions.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field

from .base import Base, Output
from .enums import AuditAction, audit_action
from .types import Json


class AuditLog(Base, table=True):
    """Every change to a sensitive table: who, when, what it was and what it became.

    Written by triggers, never changed.
    """

    __tablename__: ClassVar[Any] = "audit_log"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint(
            "id",
            "occurred_at",
            name="audit_log_pkey",
            info={"comment": "One entry by its key; partitioning demands that the time is part of it."},
        ),
        CheckConstraint(
            "((action = 'insert'::audit_action) = (old_row IS NULL)) AND ((action = 'delete'::audit_action) = "
            "(new_row IS NULL))",
            name="audit_log_rows_check",
        ),
        Index(
            "audit_log_actor_id_occurred_at_idx",
            "actor_id",
            text("occurred_at desc"),
            info={"comment": "What somebody did, last first (list_own_audit); also the test of row-level security."},
        ),
        Index(
            "audit_log_occurred_at_idx",
            "occurred_at",
            postgresql_using="brin",
            info={
                "comment": "All changes in a stretch of time (list_audit_period); BRIN, because entries lie on disk in "
                "the order of time."
            },
        ),
        Index(
            "audit_log_table_name_row_key_occurred_at_idx",
            "table_name",
            "row_key",
            text("occurred_at desc"),
            info={"comment": "The history of one row, last change first (list_row_history)."},
        ),
        {
            "comment": "Every change to a sensitive table: who, when, what it was and what it became. Written by "
            "triggers, never changed. @omit create, update",
            "postgresql_partition_by": "RANGE (occurred_at)",
        },
    )

    occurred_at: datetime = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={
            "server_default": text("clock_timestamp()"),
            "comment": "When, to the microsecond and not to the transaction, so that changes have an order.",
        },
    )
    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={
            "server_default": text("gen_random_uuid()"),
            "comment": "Tells apart changes of the same microsecond.",
        },
    )
    actor_id: uuid.UUID | None = Field(
        default=None,
        sa_column_kwargs={
            "comment": "Who: the setting app.user_id; null when the change came from maintenance. No foreign key: the "
            "log outlives accounts."
        },
    )
    action: AuditAction = Field(sa_type=audit_action, sa_column_kwargs={"comment": "What happened to the row."})
    table_name: str = Field(max_length=63, sa_column_kwargs={"comment": "Which table."})
    row_key: str = Field(
        max_length=200,
        sa_column_kwargs={
            "comment": "Primary key of the row as text; the parts of a composite key are joined by a slash."
        },
    )
    old_row: Any | None = Field(
        default=None,
        sa_type=Json,
        sa_column_kwargs={
            "comment": "The row before; null for an insert. Sensitive: it holds what people deleted. @private"
        },
    )
    new_row: Any | None = Field(
        default=None,
        sa_type=Json,
        sa_column_kwargs={"comment": "The row after; null for a delete. Sensitive, as old_row is. @private"},
    )


class AuditLogRead(Output):
    """What a client sees of an audit log."""

    occurred_at: datetime
    id: uuid.UUID
    actor_id: uuid.UUID | None
    action: AuditAction
    table_name: str
    row_key: str
