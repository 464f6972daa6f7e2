# written by tools models; edit the SQL
"""The table user_settings.

Not mirrored: row-level security, the policies user_settings_own, the triggers user_settings_set_updated_at.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pydantic
from pydantic import MISSING, AfterValidator
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, PrimaryKeyConstraint, text
from sqlmodel import Field, Relationship

from . import rules
from .base import Base, Input, Output
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
        CheckConstraint("(locale)::text ~ '^[a-z]{2,3}(-[A-Z]{2})?$'::text", name="user_settings_locale_check"),
        CheckConstraint("jsonb_typeof(settings) = 'object'::text", name="user_settings_settings_check"),
        CheckConstraint("(timezone)::text ~ '^[A-Za-z0-9_+/-]+$'::text", name="user_settings_timezone_check"),
        {
            "comment": "What a user prefers; a user without a row has the defaults. @name UserSettings",
            "info": {"owner": "user_id"},
        },
    )

    user_id: uuid.UUID = Field(
        primary_key=True,
        sa_column_args=[ForeignKey("users.id", name="user_settings_user_id_fkey", ondelete="CASCADE")],
        sa_column_kwargs={
            "comment": "Key and owner at once (users.id): at most one row for each. On delete cascade: the settings of "
            "a deleted user go with the account. @owner"
        },
    )
    timezone: str = Field(
        default=None,
        max_length=64,
        sa_column_kwargs={
            "server_default": text("'UTC'::character varying"),
            "comment": "Name in the IANA database, such as Europe/Berlin.",
        },
    )
    locale: str = Field(
        default=None,
        max_length=35,
        sa_column_kwargs={
            "server_default": text("'en'::character varying"),
            "comment": "Language and, if it matters, country: en, de-AT.",
        },
    )
    settings: dict[str, Any] = Field(
        default=None,
        sa_type=Json,
        sa_column_kwargs={
            "server_default": text("'{}'::jsonb"),
            "comment": "Preferences of the client: a JSON object.",
        },
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


UserSettingsTimezone = Annotated[
    str, pydantic.Field(max_length=64), rules.STORABLE, AfterValidator(rules.matches("[A-Za-z0-9_+/-]+"))
]

UserSettingsLocale = Annotated[
    str, pydantic.Field(max_length=35), rules.STORABLE, AfterValidator(rules.matches("[a-z]{2,3}(-[A-Z]{2})?"))
]


class UserSettingsCreate(Input):
    """What a client says of a new user settings."""

    timezone: UserSettingsTimezone | MISSING = MISSING
    locale: UserSettingsLocale | MISSING = MISSING
    settings: rules.JsonObject | MISSING = MISSING


class UserSettingsUpdate(Input):
    """What a client changes of a user settings; what is absent stays."""

    timezone: UserSettingsTimezone | MISSING = MISSING
    locale: UserSettingsLocale | MISSING = MISSING
    settings: rules.JsonObject | MISSING = MISSING


class UserSettingsRead(Output):
    """What a client sees of a user settings."""

    user_id: uuid.UUID
    timezone: str
    locale: str
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime
