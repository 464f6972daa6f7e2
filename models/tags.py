# written by tools models; edit the SQL
"""The table tags. Not mirrored: row-level security, the policies tags_own, the triggers tags_set_updated_at."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pydantic
from pydantic import MISSING, AfterValidator
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from . import rules
from .base import Base, Input, Output
from .schema import hex_color
from .task_tags import TaskTag

if TYPE_CHECKING:
    from .tasks import Task
    from .users import User


class Tag(Base, table=True):
    """A word by which one user sorts tasks; nobody else sees it."""

    __tablename__: ClassVar[Any] = "tags"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("id", name="tags_pkey", info={"comment": "One tag by its key."}),
        CheckConstraint("btrim((name)::text) <> ''::text", name="tags_name_check"),
        Index(
            "tags_user_id_lower_idx",
            "user_id",
            text("lower((name)::text)"),
            unique=True,
            info={
                "comment": "One tag of a name for each user, whatever the case (find_tag); also serves the foreign key "
                "to users."
            },
        ),
        {"comment": "A word by which one user sorts tasks; nobody else sees it.", "info": {"owner": "user_id"}},
    )

    id: uuid.UUID = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()"), "comment": "Key, made by the database."},
    )
    user_id: uuid.UUID = Field(
        sa_column_args=[ForeignKey("users.id", name="tags_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Owner (users.id). On delete cascade: the tags of a deleted user go with the account. @owner"
        },
    )
    name: str = Field(
        max_length=50, sa_column_kwargs={"comment": "The word; never blank, unique for its owner whatever the case."}
    )
    color: str | None = Field(
        default=None,
        sa_type=hex_color,
        sa_column_kwargs={"comment": "Colour of the tag; null takes the colour of the theme."},
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger tags_set_updated_at.",
        },
    )

    user: "User" = Relationship(back_populates="tags", sa_relationship_kwargs={"viewonly": True})
    tasks: list["Task"] = Relationship(back_populates="kept_tags", link_model=TaskTag, passive_deletes=True)


TagColor = Annotated[str, pydantic.Field(max_length=7), rules.STORABLE, AfterValidator(rules.matches("#[0-9a-f]{6}"))]


class TagCreate(Input):
    """What a client says of a new tag."""

    name: Annotated[str, pydantic.Field(max_length=50), rules.FILLED]
    color: TagColor | None = None


class TagUpdate(Input):
    """What a client changes of a tag; what is absent stays."""

    name: Annotated[str, pydantic.Field(max_length=50), rules.FILLED] | MISSING = MISSING
    color: TagColor | MISSING | None = MISSING


class TagRead(Output):
    """What a client sees of a tag."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    color: str | None
    created_at: datetime
    updated_at: datetime
