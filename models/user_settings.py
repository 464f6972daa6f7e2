"""Settings of users: one row for a user, or none."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pydantic
from pydantic import MISSING
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from .base import Base, Input, Output
from .rules import JsonObject, Locale, TimeZone
from .types import Json

if TYPE_CHECKING:
    from .users import User


class UserSettings(Base, table=True):
    """What a user prefers; a user without a row has the defaults."""

    __tablename__: ClassVar[Any] = "user_settings"
    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint(
            "user_id",
            name="user_settings_pkey",
            info={"comment": "The settings of a user; also serves the foreign key to users."},
        ),
        CheckConstraint("timezone ~ '^[A-Za-z0-9_+/-]+$'", name="user_settings_timezone_check"),
        CheckConstraint("locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$'", name="user_settings_locale_check"),
        CheckConstraint("jsonb_typeof(settings) = 'object'", name="user_settings_settings_check"),
        {"comment": "What a user prefers; a user without a row has the defaults."},
    )

    user_id: uuid.UUID = Field(
        primary_key=True,
        sa_column_args=[ForeignKey("users.id", name="user_settings_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Key and owner at once (users.id): at most one row for each. On delete cascade: the settings of "
            "a deleted user go with the account."
        },
    )
    timezone: str = Field(
        default=None,
        max_length=64,
        sa_column_kwargs={
            "server_default": text("'UTC'"),
            "comment": "Name in the IANA database, such as Europe/Berlin.",
        },
    )
    locale: str = Field(
        default=None,
        max_length=35,
        sa_column_kwargs={
            "server_default": text("'en'"),
            "comment": "Language and, if it matters, country: en, de-AT.",
        },
    )
    settings: dict[str, Any] = Field(
        default=None,
        sa_type=Json,
        sa_column_kwargs={"server_default": text("'{}'"), "comment": "Preferences of the client: a JSON object."},
    )
    created_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": text("now()"), "comment": "When the row was made."}
    )
    updated_at: datetime = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text("now()"),
            "server_onupdate": FetchedValue(),
            "comment": "When the row last changed; kept by the trigger user_settings_set_updated_at.",
        },
    )

    user: "User" = Relationship(back_populates="settings", sa_relationship_kwargs={"viewonly": True})


class UserSettingsCreate(Input):
    """What a client prefers; what is absent has its default, and the user is who asks."""

    timezone: Annotated[TimeZone, pydantic.Field(max_length=64)] | MISSING = MISSING
    locale: Annotated[Locale, pydantic.Field(max_length=35)] | MISSING = MISSING
    settings: JsonObject | MISSING = MISSING


class UserSettingsUpdate(Input):
    """What a client changes of its preferences; what is absent stays."""

    timezone: Annotated[TimeZone, pydantic.Field(max_length=64)] | MISSING = MISSING
    locale: Annotated[Locale, pydantic.Field(max_length=35)] | MISSING = MISSING
    settings: JsonObject | MISSING = MISSING


class UserSettingsRead(Output):
    """What a client sees of its preferences."""

    user_id: uuid.UUID
    timezone: str
    locale: str
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime
