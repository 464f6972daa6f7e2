# written by tools models; edit the SQL
"""The table a."""

from typing import Any, ClassVar

from pydantic import MISSING
from sqlalchemy import PrimaryKeyConstraint, Text
from sqlmodel import Field

from . import rules
from .base import Base, Input, Output


class A(Base, table=True):
    """The table a."""

    __tablename__: ClassVar[Any] = "a"
    __table_args__: ClassVar[Any] = (PrimaryKeyConstraint("id", name="a_pkey"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    b: str | None = Field(default=None, sa_type=Text)


class ACreate(Input):
    """What a client says of a new a."""

    id: rules.Integer
    b: rules.Text | None = None


class AUpdate(Input):
    """What a client changes of an a; what is absent stays."""

    b: rules.Text | MISSING | None = MISSING


class ARead(Output):
    """What a client sees of an a."""

    id: int
    b: str | None
