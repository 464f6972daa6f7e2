"""Which rows somebody may work on, and the statements that touch no others; nothing here talks to a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Generic, TypeVar

from pydantic import MISSING, BaseModel
from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Select,
    Update,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Mapper
from sqlmodel import SQLModel

from .base import ReadOnlyError, is_read_only
from .loading import load_targets

__all__ = ["Collection", "Scope"]

DELETED_AT = "deleted_at"

Row = TypeVar("Row", bound=SQLModel)
CreateT = TypeVar("CreateT", bound=BaseModel)
UpdateT = TypeVar("UpdateT", bound=BaseModel)


class Trash(Enum):
    """Whether deleted rows count, where a table has deleted_at."""

    WITHOUT = "without"
    ONLY = "only"
    WITH = "with"


@dataclass(frozen=True, slots=True)
class Collection(Generic[Row, CreateT, UpdateT]):
    """A table, what makes and changes its rows, and the column that says whose they are.

    A view, and a table without one of them, takes `Input`: ``Collection(ActiveTask, Input, Input)``.
    """

    model: type[Row]
    create: type[CreateT]
    update: type[UpdateT]
    owner: str = "user_id"

    def owned_by(self, user_id: Any) -> "Scope[Row, CreateT, UpdateT]":
        """Return the rows of one user; new rows are theirs, whatever a client sends."""
        if user_id is None:
            raise ValueError(f"{self.model.__name__} rows of nobody: owned_by needs a user")
        if self.owner not in self.model.model_fields:
            raise TypeError(
                f"{self.model.__name__} has no column {self.owner}: name the one that says whose its rows are, "
                "by Collection(..., owner=...)"
            )
        if self.owner in self.update.model_fields:
            raise TypeError(f"{self.update.__name__} could give rows away: {self.owner} must not be among its fields")
        return Scope(model=self.model, fixed=((self.owner, user_id),))

    def everything(self) -> "Scope[Row, CreateT, UpdateT]":
        """Return all rows: for what works in nobody's name."""
        return Scope(model=self.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Generic[Row, CreateT, UpdateT]):
    """Some rows of a table: every statement made here is about them alone, and every new row is one of them."""

    model: type[Row]
    fixed: tuple[tuple[str, Any], ...] = ()
    conditions: tuple[ColumnElement[bool], ...] = ()
    trash: Trash = Trash.WITHOUT

    def within(self, **fixed: Any) -> "Scope[Row, CreateT, UpdateT]":
        """Return those rows that have these values, too: ``within(project_id=garden)``; what is fixed stays fixed."""
        return replace(self, fixed=tuple({**fixed, **dict(self.fixed)}.items()))

    def where(self, *conditions: ColumnElement[bool]) -> "Scope[Row, CreateT, UpdateT]":
        """Return those rows that meet the conditions, too."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def trashed(self) -> "Scope[Row, CreateT, UpdateT]":
        """Return the deleted rows that can still be restored."""
        return replace(self, trash=Trash.ONLY)

    def with_trash(self) -> "Scope[Row, CreateT, UpdateT]":
        """Return the rows whether deleted or not."""
        return replace(self, trash=Trash.WITH)

    @property
    def mapper(self) -> Mapper[Row]:
        """What SQLAlchemy knows of the class."""
        return inspect(self.model)

    @property
    def has_trash(self) -> bool:
        """Whether a row is deleted by saying when."""
        return DELETED_AT in self.mapper.columns

    @property
    def version_name(self) -> str:
        """The attribute that counts the changes of a row."""
        counted = self.mapper.version_id_col
        if counted is None:
            raise TypeError(f"{self.model.__name__} has no version to compare")
        return str(self.mapper.get_property_by_column(counted).key)

    def select(self) -> Select[Any]:
        """Return the query of all rows."""
        return select(self.model).where(*self._criteria())

    def count(self) -> Select[Any]:
        """Return the query of their number."""
        return select(func.count()).select_from(self.model).where(*self._criteria())

    def one(self, key: Any, version: int | None = None, *, lock: bool = False) -> Select[Any]:
        """Return the query of one row, read from the database even if the session knows it."""
        query = self.select().where(*self._is(key, version)).execution_options(populate_existing=True)
        return query.with_for_update() if lock else query

    def insert(self) -> Insert:
        """Return the statement that writes rows, whose values come with it, and returns them."""
        self._refuse_views()
        load_targets(self.mapper.local_table)
        # without render_nulls an explicit null would become the column's default
        return insert(self.model).returning(self.model).execution_options(render_nulls=True)

    def values(self, data: CreateT) -> dict[str, Any]:
        """Return what a new row is made of; what is absent is left to the database."""
        return {**given(data, type(data).model_fields), **dict(self.fixed)}

    def update(self, key: Any, changes: Mapping[str, Any], version: int | None) -> Update:
        """Return the statement that changes one row, if it still has the version, and returns it."""
        self._refuse_views()
        statement = update(self.model).where(*self._criteria(), *self._is(key, version)).values(dict(changes))
        return statement.returning(self.model).execution_options(synchronize_session=False, populate_existing=True)

    def delete(self, key: Any, version: int | None) -> Executable:
        """Return the statement that removes one row for ever and returns its key."""
        self._refuse_views()
        statement = delete(self.model).where(*self._criteria(), *self._is(key, version))
        return statement.returning(*self.mapper.primary_key).execution_options(synchronize_session=False)

    def _criteria(self) -> Sequence[ColumnElement[bool]]:
        columns = self.mapper.columns
        criteria = [columns[name] == value for name, value in self.fixed]
        if self.has_trash and self.trash is not Trash.WITH:
            deleted_at = columns[DELETED_AT]
            criteria.append(deleted_at.is_(None) if self.trash is Trash.WITHOUT else deleted_at.is_not(None))
        return [*criteria, *self.conditions]

    def _is(self, key: Any, version: int | None) -> Sequence[ColumnElement[bool]]:
        keys = self.mapper.primary_key
        values = key if isinstance(key, tuple) else (key,)
        criteria: list[ColumnElement[bool]] = [column == value for column, value in zip(keys, values, strict=True)]
        if version is not None:
            criteria.append(self.mapper.columns[self.version_name] == version)
        return criteria

    def _refuse_views(self) -> None:
        if is_read_only(self.mapper.local_table):
            raise ReadOnlyError(f"{self.model.__name__} is only read")


def given(data: BaseModel, names: Any) -> dict[str, Any]:
    """Return what was said of the named fields: null is a value, absent is none."""
    values = {name: getattr(data, name) for name in names}
    return {name: value for name, value in values.items() if value is not MISSING}
