# written by tools models; edit the SQL
"""The table time_blocks.

Not mirrored: row-level security, the policies time_blocks_own, the triggers time_blocks_set_updated_at.
"""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional

import pydantic
from pydantic import MISSING
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlmodel import Field, Relationship

from . import rules
from .base import Base, Input, Output
from .house_rules import TimeBlockRange
from .types import TstzRange

if TYPE_CHECKING:
    from .tasks import Task
    from .users import User


class TimeBlock(Base, table=True):
    """Time that a user sets aside, perhaps for a task; the blocks of a user never overlap."""

    __tablename__: ClassVar[Any] = "time_blocks"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("id", name="time_blocks_pkey", info={"comment": "One block by its key."}),
        ExcludeConstraint(
            ("user_id", "="),
            ("during", "&&"),
            name="time_blocks_user_id_during_excl",
            using="gist",
            info={
                "comment": "No two blocks of a user at once; a user's blocks in a week (list_time_blocks); also serves "
                "the foreign key to users."
            },
        ),
        CheckConstraint(
            "(NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)) AND lower_inc(during) AND "
            "(NOT upper_inc(during)) AND isfinite(lower(during)) AND isfinite(upper(during)) AND ((upper(during) - "
            "lower(during)) <= '24:00:00'::interval)",
            name="time_blocks_during_check",
        ),
        CheckConstraint(
            "(hourly_rate >= (0)::numeric) AND (hourly_rate <= 99999999.99)", name="time_blocks_hourly_rate_check"
        ),
        Index(
            "time_blocks_task_id_idx",
            "task_id",
            info={"comment": "The hours of a task (sum_task_hours); also serves the foreign key to tasks."},
        ),
        {
            "comment": "Time that a user sets aside, perhaps for a task; the blocks of a user never overlap.",
            "info": {"owner": "user_id"},
        },
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="time_blocks_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Whose time it is (users.id). On delete cascade: the blocks of a deleted user go with the "
            "account. @owner"
        },
    )
    task_id: uuid.UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("tasks.id", name="time_blocks_task_id_fkey", ondelete="SET NULL")],
        sa_column_kwargs={
            "comment": "What the time is for (tasks.id); null when it is for no task. On delete set null: hours that "
            "were worked stay."
        },
    )
    during: Range[datetime] = Field(
        sa_type=TstzRange,
        sa_column_kwargs={
            "comment": "From and until, the end not included, at most 24 hours: blocks may touch and never overlap. "
            "@rule TimeBlockRange"
        },
    )
    note: str | None = Field(
        default=None,
        max_length=500,
        sa_column_kwargs={"comment": "What was done or is planned; null when the task says it."},
    )
    hourly_rate: Decimal | None = Field(
        default=None,
        max_digits=10,
        decimal_places=2,
        sa_column_kwargs={"comment": "Money for an hour, in the currency of the user; null when nobody pays."},
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger time_blocks_set_updated_at.",
        },
    )

    task: Optional["Task"] = Relationship(back_populates="time_blocks")
    user: "User" = Relationship(back_populates="time_blocks", sa_relationship_kwargs={"viewonly": True})


TimeBlockHourlyRate = Annotated[
    Decimal, pydantic.Field(max_digits=10, decimal_places=2, ge=0, le=Decimal("99999999.99"))
]


class TimeBlockCreate(Input):
    """What a client says of a new time block."""

    task_id: uuid.UUID | None = None
    during: TimeBlockRange
    note: Annotated[str, pydantic.Field(max_length=500), rules.STORABLE] | None = None
    hourly_rate: TimeBlockHourlyRate | None = None


class TimeBlockUpdate(Input):
    """What a client changes of a time block; what is absent stays."""

    task_id: uuid.UUID | MISSING | None = MISSING
    during: TimeBlockRange | MISSING = MISSING
    note: Annotated[str, pydantic.Field(max_length=500), rules.STORABLE] | MISSING | None = MISSING
    hourly_rate: TimeBlockHourlyRate | MISSING | None = MISSING


class TimeBlockRead(Output):
    """What a client sees of a time block."""

    id: uuid.UUID
    user_id: uuid.UUID
    task_id: uuid.UUID | None
    during: Range[datetime]
    note: str | None
    hourly_rate: Decimal | None
    created_at: datetime
    updated_at: datetime
