"""What can go wrong with the data, as errors to answer with: a status, a code, a field, a sentence for people.

SQLSTATE and the name of the constraint decide, never the server's text: it holds what users typed, and is translated.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, ForeignKeyConstraint, Index, Table, event, exc
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.schema import CheckConstraint, ColumnCollectionConstraint, Constraint

from .base import metadata
from .loading import load_table

__all__ = [
    "AddressError",
    "BusyError",
    "CommitUnknownError",
    "ConflictError",
    "DatabaseError",
    "ForbiddenError",
    "InputError",
    "InvalidError",
    "NotFoundError",
    "StaleError",
    "TimedOutError",
    "UnavailableError",
]


class AddressError(ValueError):
    """There is no address of a database, or it cannot be read; the message never quotes it."""


class DatabaseError(Exception):
    """The database refused or failed; `str()` of it may be shown to anybody, its cause to nobody but us."""

    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False  # the transaction is undone, and the same again may succeed
    sentence: ClassVar[str] = "Something went wrong."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str = "error",
        fields: tuple[str, ...] = (),
        field: str | None = None,
        constraint: str | None = None,
        sqlstate: str | None = None,
    ) -> None:
        super().__init__(message or self.sentence)
        self.code = code
        self.fields = fields
        self.field = field
        self.constraint = constraint
        self.sqlstate = sqlstate

    def answer(self) -> dict[str, Any]:
        """Return what a client is told."""
        return {"status": self.status, "code": self.code, "field": self.field, "message": str(self)}


class InvalidError(DatabaseError):
    """A value that the database does not take."""

    status = 400
    sentence = "A value is not valid."


class InputError(InvalidError):
    """A value that was refused before the database saw it: a page, a cursor."""

    status = 422


class ForbiddenError(DatabaseError):
    """The role lacks the right, or a policy of row-level security forbids the new row."""

    status = 403
    sentence = "This is not allowed."


class NotFoundError(DatabaseError):
    """There is no such row, or it is somebody else's: who asks cannot tell."""

    status = 404
    sentence = "There is no such thing."


class ConflictError(DatabaseError):
    """Another row is in the way."""

    status = 409
    sentence = "This is in conflict with something else."


class StaleError(ConflictError):
    """The row was changed by somebody else since it was read; `current` is its version now, where known."""

    sentence = "This was changed by somebody else in the meantime."

    def __init__(self, current: int | None = None) -> None:
        super().__init__(code="stale", field="version" if current else None)
        self.current = current


class BusyError(DatabaseError):
    """A serialization failure, a deadlock, a lock that could not be had."""

    status = 503
    retryable = True
    sentence = "Too much is going on at once. Try again."


class TimedOutError(DatabaseError):
    """The statement was cancelled, most likely by statement_timeout: the same again would take as long."""

    status = 503
    sentence = "This took too long."


class UnavailableError(DatabaseError):
    """No connection, or one that was lost before COMMIT was sent: nothing was changed."""

    status = 503
    retryable = True
    sentence = "The service is not available at the moment. Try again."


class CommitUnknownError(DatabaseError):
    """The connection was lost during COMMIT: the changes may be there or not, so nothing may repeat them blindly.

    Not a 503: clients and proxies repeat what a 503 answered.
    """

    sentence = "It is not known whether this was saved. Look before you do it again."


# SQLSTATE, or its class: the error, its code, and a sentence with the field; PostgreSQL's documentation, appendix A
STATES: dict[str, tuple[type[DatabaseError], str, str | None]] = {
    "22": (InvalidError, "value", None),
    "22001": (InvalidError, "too_long", "A value is too long."),
    "22003": (InvalidError, "out_of_range", "A number is too large or too small."),
    "23": (InvalidError, "integrity", None),
    "23001": (InvalidError, "in_use", "This is still in use."),
    "23502": (InvalidError, "not_null", "{field} is required."),
    "23503": (InvalidError, "foreign_key", "{field} does not exist."),
    "23505": (ConflictError, "unique", "{field} is already taken."),
    "23514": (InvalidError, "check", "{field} is not valid."),
    "23P01": (InvalidError, "exclusion", "{field} overlaps with another."),
    "25006": (UnavailableError, "unavailable", None),  # the primary became a standby
    "40001": (BusyError, "serialization", None),
    "40003": (CommitUnknownError, "commit_unknown", None),  # CockroachDB says so, PostgreSQL never
    "40P01": (BusyError, "deadlock", None),
    "42501": (ForbiddenError, "forbidden", None),
    "44": (ForbiddenError, "forbidden", None),
    "53": (UnavailableError, "unavailable", None),
    "55P03": (BusyError, "locked", None),
    "57014": (TimedOutError, "timeout", None),
    "57P": (UnavailableError, "unavailable", None),
    "08": (UnavailableError, "unavailable", None),
}


def listen(engine: Engine) -> None:
    """Let the engine raise these errors, also at COMMIT, instead of SQLAlchemy's."""
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _commit)
    event.listen(engine, "handle_error", _replace, retval=True)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLAlchemy itself raises into these errors: a version that does not match, a pool that is empty."""
    try:
        yield
    except StaleDataError as error:
        raise StaleError from error
    except exc.TimeoutError as error:
        raise UnavailableError(code="unavailable") from error


def understand(error: Any, *, deleting: bool = False) -> DatabaseError:
    """Return the typed error of a driver's error, by its SQLSTATE and the constraint it names."""
    state, diagnosis = error.sqlstate, error.diag
    if state is None:  # the client's own: no server answered, or psycopg cannot send the value
        return UnavailableError(code="unavailable") if _is_operational(error) else InvalidError(code="value")
    known = next((STATES[key] for key in (state, state[:3], state[:2]) if key in STATES), None)
    kind, code, sentence = known or (DatabaseError, "error", None)
    if code == "foreign_key" and deleting:
        code, sentence = STATES["23001"][1:]
    fields = _fields(diagnosis)
    # of a key, the last column is what was chosen and those before are whose it is; of a rule, the first is judged
    field = (fields[-1] if code in ("unique", "exclusion", "foreign_key") else fields[0]) if fields else None
    return kind(
        sentence and sentence.format(field=_label(field)),
        code=code,
        fields=fields,
        field=field,
        constraint=diagnosis.constraint_name,
        sqlstate=state,
    )


def fields_of(table: Table, name: str) -> tuple[str, ...]:
    """Return the columns of a constraint or unique index, in its order."""
    owners: list[Constraint | Index] = [*table.constraints, *table.indexes]
    owner = next((owner for owner in owners if owner.name == name), None)
    match owner:
        case ForeignKeyConstraint():
            parts = list(owner.column_keys)
        case CheckConstraint():
            parts = [str(owner.sqltext)]
        case Index():
            parts = [str(getattr(part, "name", part)) for part in owner.expressions]
        case ColumnCollectionConstraint():
            parts = [column.name for column in owner.columns]
        case _:
            parts = []
    words = [word for part in parts for word in re.findall(r"\w+", re.sub(r"'(?:[^']|'')*'", "", part))]
    return tuple(dict.fromkeys(word for word in words if word in table.c))


def _fields(diagnosis: Any) -> tuple[str, ...]:
    if diagnosis.column_name:
        return (diagnosis.column_name,)
    name = diagnosis.table_name
    for key in (f"{diagnosis.schema_name}.{name}", name):
        load_table(key)
    table = metadata.tables.get(f"{diagnosis.schema_name}.{name}", metadata.tables.get(name))
    return () if table is None or not diagnosis.constraint_name else fields_of(table, diagnosis.constraint_name)


def _label(field: str | None) -> str:
    return field.removesuffix("_id").replace("_", " ").strip().capitalize() if field else "A value"


def _is_operational(error: Exception) -> bool:
    from psycopg import InterfaceError, OperationalError

    return isinstance(error, OperationalError | InterfaceError)


def _begin(connection: Connection) -> None:
    connection.info.pop("committing", None)


def _commit(connection: Connection) -> None:
    connection.info["committing"] = True


def _replace(context: ExceptionContext) -> BaseException | None:
    if context.is_pre_ping or not isinstance(context.sqlalchemy_exception, exc.DBAPIError):
        return None
    original: Any = context.original_exception
    lost = context.is_disconnect or (original.sqlstate is None and context.statement is None)
    if lost or (original.sqlstate or "")[:2] == "08":
        return CommitUnknownError(code="commit_unknown") if _is_committing(context) else _unavailable(original)
    execution: Any = context.execution_context
    return understand(original, deleting=execution is not None and execution.isdelete)


def _unavailable(original: Any) -> UnavailableError:
    return UnavailableError(code="unavailable", sqlstate=original.sqlstate)


def _is_committing(context: ExceptionContext) -> bool:
    """Tell whether what was sent last may have been committed: COMMIT itself, or a statement that commits by itself."""
    connection = context.connection
    if connection is None or connection.invalidated:
        return False
    if context.statement is None:
        return bool(connection.info.get("committing"))
    return bool(getattr(connection.connection.dbapi_connection, "autocommit", False))
