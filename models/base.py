"""What every mirror shares: a registry and a MetaData of its own, and the DDL that SQLAlchemy has no words for.

The package may be vendored under any name: it imports itself relatively, opens no connection and reads no environment.
A registry of its own keeps an application's classes and tables of the same names apart from these.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Constraint, Index, MetaData, String, Table, event, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapper, declared_attr, registry
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler
from sqlmodel import SQLModel

from .loading import load_all, load_targets
from .relating import Relating, relate
from .tracked import track

__all__ = ["Base", "Input", "Output", "ReadOnlyError", "metadata"]

# the names that PostgreSQL itself gives (ChooseIndexName and ChooseConstraintName in src/backend/commands)
NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(column_0_name)s_check",
}


class Mirror(MetaData):
    """The tables of the schema, and what is only read: views, and tables that another system owns.

    Tables are loaded one by one; what is about all of them loads the rest first.
    """

    @property
    def sorted_tables(self) -> list[Table]:
        """All tables, each after those that its foreign keys point to."""
        load_all()
        return super().sorted_tables

    def create_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Create what a migrated database has, for comparison on a scratch database; views are not tables."""
        load_all()
        chosen = self.tables.values() if tables is None else tables
        super().create_all(bind, [table for table in chosen if not table.info.get("view")], checkfirst)

    def drop_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Drop the tables of this schema, and never one that another system owns."""
        load_all()
        chosen = self.tables.values() if tables is None else tables
        super().drop_all(bind, [table for table in chosen if not is_read_only(table)], checkfirst)


metadata = Mirror(naming_convention=NAMING_CONVENTION)


class Base(SQLModel, registry=registry(metadata=metadata), metaclass=Relating):
    """The parent of all table models."""

    # a table model validates only when it is asked to, so its validator is built then; not so Create, Update and Read,
    # whose adapters FastAPI makes with pydantic's warnings about their aliases shut off
    model_config = {"defer_build": True}

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """Tell SQLAlchemy what ``info`` of the table says: columns that tell rows apart, a column that counts changes.

        What triggers and defaults make is fetched by the statement that wrote the row (returning), on update, too; the
        version is compared in each update, and counted by the database.
        """
        found: dict[str, Any] = {"eager_defaults": True}
        table = cls.__dict__.get("__table__")
        if table is not None and "key" in table.info:
            found["primary_key"] = [table.c[name] for name in table.info["key"]]
        if table is not None and "version" in table.info:
            found |= {"version_id_col": table.c[table.info["version"]], "version_id_generator": False}
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        # SQLModel stores what it is given over what SQLAlchemy made of it, so the tracked value must be there before
        if name in self.__sqlmodel_relationships__:
            relate(type(self), name)
            super().__setattr__(name, value)
        else:
            super().__setattr__(name, track(value))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # a relationship whose other side is not loaded yet
            return getattr(self, name) if relate(type(self), name) else super().__getattr__(name)


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


class Statement(ExecutableDDLElement):
    """DDL as it is."""

    def __init__(self, statement: str) -> None:
        self.statement = statement


@compiles(Statement)
def _compile_statement(element: Statement, _compiler: DDLCompiler, **_: Any) -> str:
    return element.statement.replace("%", "%%")  # psycopg takes a percent sign for a placeholder


def stand_on(*, extensions: Sequence[str | tuple[str, str]] = (), schemas: Sequence[str] = ()) -> None:
    """Create these before all tables and their types; an extension may come with the schema that it is in."""

    @event.listens_for(metadata, "before_create", insert=True)
    def _create(_target: MetaData, connection: Connection, **_: Any) -> None:
        quote = connection.dialect.identifier_preparer.quote
        for schema in schemas:
            connection.execute(text(f"create schema if not exists {quote(schema)}"))
        for extension in extensions:
            name, schema = (extension, "") if isinstance(extension, str) else extension
            place = f" schema {quote(schema)}" if schema else ""
            connection.execute(text(f"create extension if not exists {quote(name)}{place}"))


def sequence(name: str, **options: Any) -> None:
    """Create a sequence before the tables whose defaults take from it."""
    sqlalchemy.Sequence(name, metadata=metadata, **options)


# What SQLAlchemy has no words for, and foreign keys among it, which need the rest
_also: list[tuple[type[Base], str]] = []
_keys: list[tuple[type[Base], str]] = []


def also(model: type[Base], *statements: str, keys: Sequence[str] = ()) -> None:
    """Run statements once all tables are there, and those about foreign keys after those of all tables."""
    _also.extend((model, statement) for statement in statements)
    _keys.extend((model, key) for key in keys)


@event.listens_for(metadata, "after_create")
def _run_also(_target: MetaData, connection: Connection, tables: Iterable[Table], **_: Any) -> None:
    made = list(tables)
    for model, statement in (*_also, *_keys):
        if model.__dict__["__table__"] in made:
            connection.execute(Statement(statement))


@event.listens_for(metadata, "after_create")
def _comment_on_indexes(_target: MetaData, connection: Connection, tables: Iterable[Table], **_: Any) -> None:
    for table in tables:
        owners: list[Index | Constraint] = [*table.indexes, *table.constraints]
        for owner in owners:
            if comment := owner.info.get("comment"):
                path = [table.schema, str(owner.name)] if table.schema else [str(owner.name)]
                connection.execute(CommentOn("index", path, comment))


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
@event.listens_for(Base, "before_delete", propagate=True)
def _refuse(mapper: Mapper[Any], _connection: Connection, _row: Any) -> None:
    # an automatically updatable view would take the write, and Better Auth would not hear of it
    if is_read_only(mapper.local_table):
        raise ReadOnlyError(f"{mapper.class_.__name__} is only read: write the tables behind {mapper.local_table}")
    load_targets(mapper.local_table)
