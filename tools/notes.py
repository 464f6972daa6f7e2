"""The ledger's notes of a file that runs outside a transaction: which statement is done, whatever the file has set.

A file may `set role`, `set session authorization` or make its transactions read-only; the notes are still written as
the role that connected, and what the file has set is there again for its next statement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import psycopg
from psycopg import errors, sql

from tools import database, ledger
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.history import Step
from tools.ledger import NO_WAITS, Operator, Waits
from tools.statements import split, token_hash

UNFINISHED = """
select log_id, statements_done, token_hash, xmin::text, (pg_catalog.to_jsonb(log) ->> 'refused')::integer,
  session_user, pg_catalog.current_setting('role')
from schema_tools.log
where log_id = (select max(log_id) from schema_tools.log where migration_id = %s)
  and operation = %s
  and finished_at is null
"""
# Set for the transaction only, so that the session's own comes back with its end, or with what the file sets in it:
# https://www.postgresql.org/docs/current/sql-set.html
AS_OURSELVES = """
declare
  file_user text := pg_catalog.current_setting('session_authorization');
  file_role text := pg_catalog.current_setting('role');
  file_limit text := pg_catalog.current_setting('transaction_timeout', true);  -- null before PostgreSQL 17
begin
  perform pg_catalog.set_config('transaction_timeout', '0', true) where file_limit is not null;
  perform pg_catalog.set_config('session_authorization', {user}, true);
  perform pg_catalog.set_config('role', {role}, true);
  {body}
  perform pg_catalog.set_config('session_authorization', file_user, true);
  perform pg_catalog.set_config('role', file_role, true);
  perform pg_catalog.set_config('transaction_timeout', file_limit, true) where file_limit is not null;
  if pg_catalog.current_setting('default_transaction_read_only')::boolean then
    perform pg_catalog.set_config('transaction_read_only', 'on', true);
  end if;
end
"""
# The time a statement may take is measured from its start, so this cannot be a part of the block above
NO_LIMIT = sql.SQL(
    "select pg_catalog.set_config('schema_tools.limit', pg_catalog.current_setting('statement_timeout'), true);\n"
    "set local statement_timeout = 0;\n"
)
LIMIT_AGAIN = sql.SQL(
    "select pg_catalog.set_config('statement_timeout', pg_catalog.current_setting('schema_tools.limit'), true);\n"
)
# Only from the statement before: where the file let go of the lock, another run may have gone on with it
NOTE = """
if not pg_catalog.pg_try_advisory_xact_lock({key}) then
  raise exception 'another run holds the lock' using errcode = 'ST001';
end if;
update schema_tools.log set statements_done = {done}
where log_id = {log_id} and statements_done = {done} - 1 and finished_at is null;
if not found then
  raise exception 'another run went on with this file' using errcode = 'ST002';
end if;
"""
REFUSE = """
if exists (
  select from pg_catalog.pg_attribute
  where attrelid = 'schema_tools.log'::pg_catalog.regclass and attname = 'refused' and not attisdropped
) then
  update schema_tools.log set refused = {number} where log_id = {log_id};
end if;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The open row of one file: `done` statements of an earlier run, and `since` when, as a transaction id.

    `since` is None where nothing that is in the catalog can be the work of the statement after those.
    """

    connection: Connection
    project: Project
    step: Step
    operator: Operator
    log_id: int
    user: str
    role: str
    done: int = 0
    again: bool = False
    since: str | None = None

    def open(self, done: int, waits: Waits = NO_WAITS, *, lock_timeout: int | None = None) -> None:
        """Begin the transaction of a statement with the note that `done` are done: both commit, or none does."""
        limit = sql.SQL("" if lock_timeout is None else "set local lock_timeout = {};\n").format(lock_timeout)
        note = self._as_ourselves(self._note(done, waits))
        self._send(sql.SQL("begin read write;\n{}{};\n{}{}").format(NO_LIMIT, note, LIMIT_AGAIN, limit))

    def write(self, done: int, waits: Waits = NO_WAITS) -> None:
        """Note, after a statement that could not run in a transaction, that it is done."""
        self._commit(self._note(done, waits))

    def refuse(self, number: int | None) -> None:
        """Note the statement (from 1) that the server refused, so that nothing there is its work; None: no more."""
        literals = {"number": sql.Literal(number), "log_id": sql.Literal(self.log_id)}
        self._commit(sql.SQL(REFUSE).format(**literals))

    def finish(self, waits: Waits = NO_WAITS) -> None:
        """Record the file, and leave nothing that it set in the session."""
        id_, operation = self.step.migration.id, self.step.operation
        for command in ("reset session authorization", "reset role", "reset all"):
            self.connection.execute(command.encode())
        statements = (
            sql.SQL("begin;\n"),
            ledger.record(self.project, id_, operation, self.operator),
            ledger.finish(id_),
            sql.SQL(";\n"),
            ledger.waits_entry(id_, waits),
            sql.SQL("commit"),
        )
        self._send(sql.Composed(statements))

    def _commit(self, body: sql.Composable) -> None:
        note = self._as_ourselves(body)
        self._send(sql.SQL("begin read write;\n{}set local lock_timeout = 0;\n{};\ncommit").format(NO_LIMIT, note))

    def _send(self, message: sql.Composed) -> None:
        try:
            with database.explained("write the ledger"):
                self.connection.execute(message)
        except psycopg.DatabaseError as error:
            faster = isinstance(error, errors.UniqueViolation | errors.DivisionByZero)  # see ledger.record
            reason = "another run was faster" if faster else error.diag.message_primary
            raise Trouble(f"{self.step.migration.id}: {reason}: see tools status") from error

    def _note(self, done: int, waits: Waits) -> sql.Composed:
        log_id = sql.Literal(self.log_id)
        note = sql.SQL(NOTE).format(
            key=sql.Literal(ledger.lock_key(self.project)), done=sql.Literal(done), log_id=log_id
        )
        return note + ledger.add_waits(self.step.migration.id, waits)

    def _as_ourselves(self, body: sql.Composable) -> sql.Composed:
        block = sql.SQL(AS_OURSELVES).format(user=sql.Literal(self.user), role=sql.Literal(self.role), body=body)
        return sql.SQL("do {}").format(sql.Literal(block.as_string()))


def begin(connection: Connection, project: Project, step: Step, operator: Operator) -> Notes:
    """Return the notes of an earlier run, or of none: then the intent is noted first."""
    found = connection.execute(UNFINISHED, [step.migration.id, step.operation]).fetchone()
    if found is None:
        connection.execute(ledger.intent(step.migration.id, step.operation, step.script, operator, late=step.late))
        return replace(begin(connection, project, step, operator), again=False, since=None)
    log_id, done, tokens, since, refused, user, role = found
    notes = Notes(
        connection=connection,
        project=project,
        step=step,
        operator=operator,
        log_id=log_id,
        user=user,
        role=role,
        done=int(done or 0),
        again=True,
        since=None if refused == int(done or 0) + 1 else since,
    )
    if tokens != step.script.token_hash():
        return _of_the_edited(notes)
    if refused is not None:
        notes.refuse(None)  # what the next try leaves is its own again, if it is younger than this
    return notes


def _of_the_edited(notes: Notes) -> Notes:
    """Go on with a file that was mended after its last try; the statements that are done must be what they were."""
    script, id_ = notes.step.script, notes.step.migration.id
    if not notes.done:
        notes.connection.execute("delete from schema_tools.log where log_id = %s", [notes.log_id])
        return begin(notes.connection, notes.project, notes.step, notes.operator)
    ran = ledger.executed(notes.connection, notes.log_id)
    if ran is None or _tokens(ran, notes.done) != _tokens(script.text, notes.done):
        raise Trouble(
            f"{id_} was interrupted after {notes.done} of its statements, and one of these was edited since:"
            " restore it, apply, and put the change in a new migration"
        )
    notes.connection.execute(
        "update schema_tools.log set raw_hash = %s, token_hash = %s, executed = %s where log_id = %s",
        [script.raw_hash, script.token_hash(), ledger.kept(script), notes.log_id],
    )
    return notes


def _tokens(text: str, count: int) -> list[str]:
    return [token_hash(piece.text) for piece in split(text)[:count]]
