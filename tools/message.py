"""A text for the server: as one simple-protocol message where it can be, and how far the server came in it."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import errors, generators, pq, waiting
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn, PGresult

from tools import outline
from tools.database import Connection

CHUNK = 32_768  # characters of data that are put on the way at once
NO_DATA = slice(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a text ended: how many statements were done, and the error of the one that was not.

    `at` is where the server says that the error is, counted from the start of the text: less than 0 is before it, more
    than its length is after it.
    """

    done: int
    error: psycopg.Error | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A Query message, where its part of the SQL starts in the query and in the SQL, and the data that it asks for."""

    query: str
    lead: int
    start: int
    data: slice


def send(connection: Connection, text: str, *, before: str = "", after: str = "") -> Outcome:
    """Send the text, between what the runner says `before` and `after` it, and wait for its end.

    That is one Query message, and one more for each ``copy ... from stdin`` with its data. Ctrl-C cancels the
    statement on the server. ``cursor.execute`` keeps to itself how many statements were done before one that failed.
    """
    known = outline.read(text)
    done = 0
    for message in _messages(known, before, after):
        try:
            connection.pgconn.send_query(message.query.encode())
            results = connection.wait(_execute(connection.pgconn, text, message.data))
        except psycopg.OperationalError as error:
            return Outcome(done=done, error=error)
        for result in results:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                failure = errors.error_from_result(result)
                return Outcome(done=done, error=failure, at=_place(known, message, failure))
            done += 1
    return Outcome(done=done)


def _messages(known: outline.Outline, before: str, after: str) -> list[Message]:
    messages = []
    start = 0
    for copy in known.copies:
        query = before + known.sql[start : copy.end]
        messages.append(Message(query=query, lead=len(before), start=start, data=copy.data))
        before, start = "", copy.end
    query = before + known.sql[start:] + after
    return [*messages, Message(query=query, lead=len(before), start=start, data=NO_DATA)]


def _place(known: outline.Outline, message: Message, error: psycopg.Error) -> int | None:
    """Return where the error stands; None where the server does not say."""
    position = error.diag.statement_position
    return None if position is None else known.place(int(position) - 1 - message.lead + message.start)


def _execute(pgconn: PGconn, text: str, data: slice) -> PQGen[list[PGresult]]:
    """Return the results, one a statement; COPY's own states, which come before its result, are left at once."""
    results: list[PGresult] = yield from generators.execute(pgconn)
    while results and results[-1].status in (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT):
        if results.pop().status == pq.ExecStatus.COPY_IN:
            yield from _send_data(pgconn, text, data)
            results += yield from generators.execute(pgconn)
        else:
            results += yield from _drop_copy(pgconn)
    return results


def _send_data(pgconn: PGconn, text: str, data: slice) -> PQGen[None]:
    """Send the data of a copy, no faster than the server takes it; what it says of a bad row comes at the end."""
    for start in range(data.start, data.stop, CHUNK):
        yield from generators.copy_to(pgconn, text[start : min(start + CHUNK, data.stop)].encode())
    while pgconn.put_copy_end() == 0:
        yield waiting.Wait.W


def _drop_copy(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Read what ``copy ... to stdout`` says into nothing, as the rows of a select are, and go on."""
    while (size := pgconn.get_copy_data(1)[0]) >= 0:
        if size == 0:  # nothing has come yet
            yield waiting.Wait.R
            pgconn.consume_input()
    results: list[PGresult] = yield from generators.fetch_many(pgconn)
    return results
