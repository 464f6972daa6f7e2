"""What every mirror shares: a registry and a MetaData of its own, and the DDL that SQLAlchemy has no words for.

The package may be vendored under any name: it imports itself relatively, opens no connection and reads no environment.
A registry of its own keeps an application's classes and tables of the same names apart from these.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Constraint, Index, MetaData, String, Table, event, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapper, registry
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler
from sqlmodel import SQLModel

from .tracked import track

# the names that PostgreSQL itself gives (ChooseIndexName and ChooseConstraintName in src/backend/commands)
NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(column_0_name)s_check",
}

# gin_trgm_ops is an operator class of the one, "uuid with =" in an exclusion constraint needs the other
EXTENSIONS = ("btree_gist", "pg_trgm")


class Mirror(MetaData):
    """The tables of the schema, and what is only read: views, and tables that another system owns."""

    def create_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Create what a migrated database has, for comparison on a scratch database; views are not tables."""
        chosen = self.sorted_tables if tables is None else tables
        super().create_all(bind, [table for table in chosen if not table.info.get("view")], checkfirst)

    def drop_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Drop the tables of this schema, and never one that another system owns."""
        chosen = self.sorted_tables if tables is None else tables
        super().drop_all(bind, [table for table in chosen if not is_read_only(table)], checkfirst)


metadata = Mirror(naming_convention=NAMING_CONVENTION)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """The parent of all table models."""

    # what triggers and defaults make is fetched by the statement that wrote the row (returning), on update, too
    __mapper_args__: ClassVar[Any] = {"eager_defaults": True}

    def __setattr__(self, name: str, value: Any) -> None:
        # SQLModel stores what it is given over what SQLAlchemy made of it, so the tracked value must be there before
        tracked = value if name in self.__sqlmodel_relationships__ else track(value)
        super().__setattr__(name, tracked)


class Input(BaseModel):
    """The parent of what a client may send: an unknown key is an error, not a typo that passes."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)


class Output(BaseModel):
    """The parent of what a client may see: types and no rules, so that a row that is stored can always be shown."""

    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True, ser_json_bytes="hex", val_json_bytes="hex")


class ReadOnlyError(TypeError):
    """A session was asked to write a view, or a table that another system owns."""


def is_read_only(table: Any) -> bool:
    """Say whether the table is a view, or belongs to another system."""
    return bool(table.info.get("view") or table.info.get("external"))


class CommentOn(ExecutableDDLElement):
    """`comment on` for the kinds that SQLAlchemy gives no comment: indexes, types, domains, attributes of types."""

    def __init__(self, kind: str, names: Iterable[str], comment: str) -> None:
        self.kind = kind
        self.names = tuple(names)
        self.comment = comment


@compiles(CommentOn)
def _compile_comment(element: CommentOn, compiler: DDLCompiler, **_: Any) -> str:
    name = ".".join(compiler.preparer.quote(part) for part in element.names)
    comment = compiler.sql_compiler.render_literal_value(element.comment, String())
    return " ".join(("COMMENT ON", element.kind.upper(), name, "IS", comment))


@event.listens_for(metadata, "before_create")
def _create_extensions(_target: MetaData, connection: Connection, **_: Any) -> None:
    for extension in EXTENSIONS:
        connection.execute(
            text("create extension if not exists " + connection.dialect.identifier_preparer.quote(extension))
        )


@event.listens_for(metadata, "after_create")
def _comment_on_indexes(_target: MetaData, connection: Connection, tables: Iterable[Table], **_: Any) -> None:
    for table in tables:
        owners: list[Index | Constraint] = [*table.indexes, *table.constraints]
        for owner in owners:
            if comment := owner.info.get("comment"):
                connection.execute(CommentOn("index", [str(owner.name)], comment))


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
@event.listens_for(Base, "before_delete", propagate=True)
def _refuse(mapper: Mapper[Any], _connection: Connection, _row: Any) -> None:
    # an automatically updatable view would take the write, and Better Auth would not hear of it
    if is_read_only(mapper.local_table):
        raise ReadOnlyError(f"{mapper.class_.__name__} is only read: write the tables behind {mapper.local_table}")
