"""One simple-protocol message of many statements, and how far the server came in it."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import errors, generators, pq, waiting
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn, PGresult

from tools.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a message ended: how many of its statements were done, and the error of the one that was not."""

    done: int
    error: psycopg.Error | None = None


def send(connection: Connection, text: str) -> Outcome:
    """Send the text as one Query message and wait for its end; Ctrl-C cancels the statement on the server.

    ``cursor.execute`` does the same, but keeps to itself how many statements were done before the one that failed.
    """
    connection.pgconn.send_query(text.encode())
    try:
        results = connection.wait(_execute(connection.pgconn))
    except psycopg.OperationalError as error:
        return Outcome(done=0, error=error)
    for done, result in enumerate(results):
        if result.status == pq.ExecStatus.FATAL_ERROR:
            return Outcome(done=done, error=errors.error_from_result(result, encoding="utf-8"))
    return Outcome(done=len(results))


def _execute(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Return the results, one a statement; COPY's own states, which come before its result, are left at once."""
    results: list[PGresult] = yield from generators.execute(pgconn)
    while results and results[-1].status in (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT):
        if results.pop().status == pq.ExecStatus.COPY_IN:
            pgconn.put_copy_end(b"the data of copy ... from stdin is not sent: write insert statements")
            results += yield from generators.execute(pgconn)
        else:
            results += yield from _drop_copy(pgconn)
    return results


def _drop_copy(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Read what ``copy ... to stdout`` says into nothing, as the rows of a select are, and go on."""
    while (size := pgconn.get_copy_data(1)[0]) >= 0:
        if size == 0:  # nothing has come yet
            yield waiting.Wait.R
            pgconn.consume_input()
    results: list[PGresult] = yield from generators.fetch_many(pgconn)
    return results
