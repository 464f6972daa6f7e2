"""Files that run outside a transaction: one statement at a time, each with the ledger's note of how far it came.

A statement that may run in a transaction commits together with its note. One that may not (CREATE INDEX CONCURRENTLY)
is noted after it; when a run was killed between the two, the next run looks at the catalog instead of guessing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg import errors, sql

from tools import ledger
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.failure import explain
from tools.history import Step
from tools.ledger import Operator
from tools.message import Outcome, send
from tools.migrations import Script
from tools.statements import Statement, outside_transaction, parse, split, whole

UNFINISHED = """
select log_id, statements_done, token_hash
from schema_tools.log
where log_id = (select max(log_id) from schema_tools.log where migration_id = %s)
  and operation = %s
  and finished_at is null
"""
INDEX = """
select
  indexes.indisvalid and indexes.indisready,
  -- made after the last note: ours, and not one that had the name before
  pg_catalog.age(relation.xmin) < (
    select pg_catalog.age(log.xmin)
    from schema_tools.log
    where log.log_id = (select max(log_id) from schema_tools.log where migration_id = %(id)s)
  )
from pg_catalog.pg_index as indexes
join pg_catalog.pg_class as relation on relation.oid = indexes.indexrelid
where indexes.indexrelid = pg_catalog.to_regclass(%(name)s)
"""


def run_statements(
    connection: Connection, project: Project, step: Step, operator: Operator, say: Callable[[str], None]
) -> None:
    """Run the file's statements from where the last run stopped, then record it."""
    script, id_ = step.script, step.migration.id
    done, again = _begin(connection, step, operator)
    connection.execute("set lock_timeout = 0")  # a concurrent build that gives up waiting leaves an invalid index
    pieces = split(script.text)
    _set_again(connection, pieces[:done])
    for number, piece in enumerate(pieces[done:], start=done):
        if again and number == done:
            say(f"{id_}: continues at statement {number + 1} of {len(pieces)}")
        if not (again and number == done and _is_done(connection, piece, id_, say)):
            _run_one(connection, project, script, piece, number, id_)
        connection.execute(_note(id_, number + 1))
    _record(connection, project, step, operator)


def run_as_written(connection: Connection, project: Project, step: Step, operator: Operator) -> None:
    """Run a file that brings its own transactions as psql would, one statement after the other, then record it."""
    script = step.script
    _begin(connection, step, operator)
    for number, piece in enumerate(split(script.text)):
        outcome = send(connection, whole(script.text, piece))
        if outcome.error is not None:
            _leave_transaction(connection)
            raise explain(
                project,
                script,
                outcome,
                statement=number,
                start=piece.start,
                state="what the file committed before this statement stays: mend the file, and apply runs it all again",
            )
    _leave_transaction(connection)  # one that the file opened and left open is no part of the ledger's
    _record(connection, project, step, operator)


def _begin(connection: Connection, step: Step, operator: Operator) -> tuple[int, bool]:
    """Return how many statements an earlier run has done, and whether there was one; else note the intent."""
    id_ = step.migration.id
    row = connection.execute(UNFINISHED, [id_, step.operation]).fetchone()
    if row is None:
        connection.execute(ledger.intent(id_, step.operation, step.script, operator, late=step.late))
        return 0, False
    log_id, done, token_hash = row
    if token_hash == step.script.token_hash():
        return int(done or 0), True
    if done:
        raise Trouble(
            f"{id_} was interrupted after {done} of its statements, and the file was edited since:"
            " restore it, apply, and put the change in a new migration"
        )
    connection.execute("delete from schema_tools.log where log_id = %s", [log_id])
    return _begin(connection, step, operator)


def _set_again(connection: Connection, done: tuple[Statement, ...]) -> None:
    """Repeat the ``set`` statements of an earlier run: what they set ended with its session."""
    for statement in done:
        if any(type(node).__name__ == "VariableSetStmt" for _, node in parse(statement.text)):
            connection.execute(statement.text.encode())


def _run_one(connection: Connection, project: Project, script: Script, piece: Statement, number: int, id_: str) -> None:
    """Run one statement, in one transaction with its note where PostgreSQL allows it."""
    text = whole(script.text, piece)
    outcome = _send_with_note(connection, text, _note(id_, number + 1).as_string(connection))
    if outcome.error is None:
        return
    _leave_transaction(connection)
    raise explain(
        project,
        script,
        outcome,
        statement=number,
        start=piece.start,
        state=_where_things_stand(piece, number),
    )


def _where_things_stand(piece: Statement, number: int) -> str:
    """Return the state of the database after a statement that failed."""
    done = f"the {number} statements before it are" if number > 1 else "the statement before it is"
    before = f"{done} done and stay done; " if number else ""
    if "concurrently" in (getattr(outside_transaction(piece.text), "words", "")):
        return f"{before}an index that this one may have left invalid is no harm: apply again builds it"
    return f"{before}apply again continues here" if number else "nothing was changed"


def _send_with_note(connection: Connection, text: str, note: str) -> Outcome:
    """Send the statement, together with its note where that can be."""
    if outside_transaction(text) is None:
        outcome = send(connection, text, before="begin;\n", after=f"\n;{note};commit")
        # CALL and DO may commit by themselves, which only works outside a block
        if outcome.error is None or not isinstance(outcome.error, errors.InvalidTransactionTermination):
            return outcome
        _leave_transaction(connection)
    return send(connection, text)


def _leave_transaction(connection: Connection) -> None:
    if not connection.broken:
        connection.rollback()


def _is_done(connection: Connection, piece: Statement, id_: str, say: Callable[[str], None]) -> bool:
    """Look whether the statement that an earlier run was at has done its work; clear away what is half done."""
    node: Any = next((node for _, node in parse(piece.text)), None)
    if type(node).__name__ == "IndexStmt" and node.concurrent and node.idxname:
        name = _qualified(node.relation.schemaname, node.idxname)
        valid, ours = _look_at_index(connection, name, id_)
        if valid is False:
            say(f"{name.as_string()} was left invalid: dropping it and building it again")
            connection.execute(sql.SQL("drop index concurrently {}").format(name))
        return bool(valid and ours)
    if type(node).__name__ == "DropStmt" and node.concurrent:
        parts = [part.sval for part in node.objects[0]]
        return _look_at_index(connection, sql.Identifier(*parts), id_)[0] is None
    return False


def _look_at_index(connection: Connection, name: sql.Identifier, id_: str) -> tuple[bool | None, bool]:
    """Return whether the index is valid (None: there is none), and whether this migration's last statement made it."""
    row = connection.execute(INDEX, {"name": name.as_string(), "id": id_}).fetchone()
    return (None, False) if row is None else (bool(row[0]), bool(row[1]))


def _qualified(schema: str | None, name: str) -> sql.Identifier:
    return sql.Identifier(schema, name) if schema else sql.Identifier(name)


def _note(migration_id: str, done: int) -> sql.Composed:
    return sql.SQL(
        "update schema_tools.log set statements_done = {done}"
        " where log_id = (select max(log_id) from schema_tools.log where migration_id = {id})"
    ).format(done=sql.Literal(done), id=sql.Literal(migration_id))


def _record(connection: Connection, project: Project, step: Step, operator: Operator) -> None:
    id_, operation = step.migration.id, step.operation
    connection.execute("reset session authorization")
    connection.execute("reset all")
    with connection.transaction():
        connection.execute(ledger.record(project, id_, operation, operator))
        connection.execute(ledger.finish(id_))
