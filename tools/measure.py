"""Runs one file on scratch statement by statement, as apply would, and says what PostgreSQL did for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import psycopg
from psycopg import pq

from tools import beside, database, envelope, outline, tree
from tools.database import Connection
from tools.effects import QUERIES, Counters, Effect, Failure, Impact, State, follow, impacts, relation
from tools.history import Step
from tools.message import send
from tools.migrations import Script
from tools.statements import Statement, outside_transaction, own_transaction, split, trees, whole

# Parallel workers count for themselves, and a small table would be read from end to end where a large one is not
SETTINGS = (
    "set max_parallel_maintenance_workers = 0; set max_parallel_workers_per_gather = 0; set enable_seqscan = off;"
    " set lock_timeout = '5s'"
)
# What an ordinary transaction refuses, and the same statement by itself may do: DO and CALL that commit
NOT_IN_A_BLOCK = ("25001", "2D000")
# What only the rows decide: synthesised ones may say no where the real ones say yes
ABOUT_ROWS = "23"

Fill = Callable[[tuple[str, ...]], Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a file did: an effect for each statement that ran, and the indexes that were left invalid.

    `done`: the file came to its end, and the database is in the state after it.
    """

    step: Step
    effects: tuple[Effect, ...]
    invalid: tuple[str, ...] = ()
    done: bool = True

    @property
    def failure(self) -> Failure | None:
        """Return why the first statement that failed did so."""
        return next((effect.failure for effect in self.effects if effect.failure), None)


class Session:
    """A session that runs a file's statements and keeps what is known between two of them."""

    def __init__(self, connection: Connection, url: str, script: Script, state: State) -> None:
        self.connection, self.url, self.script, self.state = connection, url, script, state
        self.transaction = 0

    @property
    def idle(self) -> bool:
        """Whether no transaction is open."""
        return self.connection.info.transaction_status == pq.TransactionStatus.IDLE

    def begin(self) -> None:
        """Open a transaction whose counters start from nothing."""
        self.connection.execute("select pg_stat_force_next_flush()")
        self.connection.execute("begin")
        self.state = self.state.fresh()

    def end(self) -> Failure | None:
        """Commit, and return why that failed: a deferred constraint."""
        self.transaction += 1
        try:
            self.connection.execute("commit")
        except psycopg.Error as error:
            return _failure(error)
        return None

    def run(self, piece: Statement, node: Any) -> Effect:
        """Run a statement in the open transaction."""
        outcome = send(self.connection, whole(self.script.text, piece))
        if outcome.error is not None:
            return self.effect(piece, node, failure=_failure(outcome.error))
        in_transaction = self.connection.info.transaction_status == pq.TransactionStatus.INTRANS
        if not in_transaction or not self.state.existing:  # where nothing was there, nobody is kept out
            return self.effect(piece, node)
        self.state, found = follow(self.state, self.connection.execute(_query("effects")).fetchall())
        return self.effect(piece, node, found)

    def run_alone(self, piece: Statement, node: Any) -> Effect:
        """Run a statement that no transaction takes, watched from outside."""
        tables = _mentioned(self.state, node)
        seen = beside.watch(self.url, self.connection, whole(self.script.text, piece), tables)
        with _looking(self.url) as observer:
            now = _relations(observer)
        modes = _waited_for(node, seen.modes)
        after = replace(self.state, relations={**self.state.relations, **now}, counters=modes)
        found = impacts(self.state.fresh(), after, frozenset(now))
        self.state = after.fresh()
        self.transaction += 1
        error = seen.outcome.error
        return replace(self.effect(piece, node, found, failure=_failure(error) if error else None), alone=True)

    def effect(
        self, piece: Statement, node: Any, found: tuple[Impact, ...] = (), *, failure: Failure | None = None
    ) -> Effect:
        """Return the effect of a statement."""
        return Effect(statement=piece, node=node, impacts=found, transaction=self.transaction, failure=failure)


def _waited_for(node: Any, modes: Mapping[int, Counters]) -> Mapping[int, Counters]:
    """Leave out the lock under which a VACUUM cuts off the empty end of a table: it is taken where nobody must wait.

    See lazy_truncate_heap in src/backend/access/heap/vacuumlazy.c.
    """
    if type(node).__name__ != "VacuumStmt" or any(option.defname == "full" for option in node.options or ()):
        return modes
    return {oid: replace(one, modes=one.modes - {"AccessExclusiveLock"}) for oid, one in modes.items()}


def measure(url: str, step: Step, fill: Fill) -> Measurement:
    """Run a file on a scratch database that is in the state before it, and leave it in the state after it.

    `fill` puts rows into the tables of the names given, and returns how many are in each. A file that fails is rolled
    back as apply would; what it did outside a transaction stays.
    """
    with database.connect(url, application="tools lint") as connection:
        relations = _relations(connection)
        state = State(relations=relations, existing=frozenset(relations))
        touched = _touched(connection, step.script, state)
        rows = fill(touched)
        if any(rows.values()) and _has_triggers(connection, state, touched):
            wider = tuple(sorted({*touched, *_touched(connection, step.script, state)}))
            rows = fill(wider) if wider != touched else rows  # a trigger for each row fires only where there are rows
        state = replace(state, rows=rows)
        connection.execute(SETTINGS)
        connection.execute("select set_config('schema_tools.newest', %s, false)", [str(max(relations, default=0))])
        session = Session(connection, url, step.script, state)
        effects = tuple(_run(session, step.script))
        if not session.idle:
            connection.rollback()
        invalid = tuple(sorted(one.name for one in _relations(connection).values() if not one.valid))
        connection.execute(envelope.CLEAN_OWN.encode())
    return Measurement(step=step, effects=effects, invalid=invalid, done=not any(effect.failure for effect in effects))


def pieces(script: Script) -> list[tuple[Statement, Any]]:
    """Return the statements of a script with their parse trees, their places those of the script."""
    known = outline.read(script.text)
    nodes = {known.place(statement.start): node for statement, node in trees(known.sql)}
    return [(piece, nodes.get(piece.start)) for piece in split(script.text)]


def _run(session: Session, script: Script) -> Iterator[Effect]:
    """Run the statements until one fails."""
    runs = _run_as_written if script.transactional == "own" or own_transaction(script.text) else _run_each
    if script.transactional == "true" and runs is _run_each and not outside_transaction(script.text):
        runs = _run_together
    yield from runs(session, pieces(script))


def _run_together(session: Session, found: list[tuple[Statement, Any]]) -> Iterator[Effect]:
    """Run all statements in one transaction."""
    session.begin()
    for number, (piece, node) in enumerate(found, start=1):
        effect = session.run(piece, node)
        if effect.failure is None and number == len(found):
            failure = session.end()
            effect = replace(effect, failure=failure, at_commit=failure is not None)
        yield effect
        if effect.failure is not None:
            return


def _run_each(session: Session, found: list[tuple[Statement, Any]]) -> Iterator[Effect]:
    """Run each statement in a transaction of its own, or in none where it takes none."""
    for piece, node in found:
        if outside_transaction(piece.text) is not None:
            effect = session.run_alone(piece, node)
        else:
            effect = _run_one(session, piece, node)
        yield effect
        if effect.failure is not None:
            return


def _run_one(session: Session, piece: Statement, node: Any) -> Effect:
    session.begin()
    effect = session.run(piece, node)
    if effect.failure is None:
        failure = session.end()
        return replace(effect, failure=failure, at_commit=failure is not None)
    session.connection.rollback()
    if effect.failure.sqlstate in NOT_IN_A_BLOCK:
        return session.run_alone(piece, node)
    return effect


def _run_as_written(session: Session, found: list[tuple[Statement, Any]]) -> Iterator[Effect]:
    """Run a file that opens and ends its transactions itself; what stands outside of them runs by itself."""
    for piece, node in found:
        if not session.idle:
            effect = session.run(piece, node)
            session.transaction += session.idle
        elif tree.word(node) == "TransactionStmt":
            session.begin()
            session.connection.execute("rollback")
            outcome = send(session.connection, piece.text)
            effect = session.effect(piece, node, failure=_failure(outcome.error) if outcome.error else None)
        elif outside_transaction(piece.text) is not None:
            effect = session.run_alone(piece, node)
        else:
            effect = _run_one(session, piece, node)
        yield effect
        if effect.failure is not None:
            return


def _touched(connection: Connection, script: Script, state: State) -> tuple[str, ...]:
    """Return the tables that the file will lock, tried and taken back, and those that it names."""
    found = {oid for _, node in pieces(script) for oid in _mentioned(state, node)}
    if not own_transaction(script.text) and not outside_transaction(script.text):
        connection.execute("begin; set local lock_timeout = '5s'")
        outcome = send(connection, script.text)
        if outcome.error is None:
            found |= {row[3] for row in connection.execute(_query("effects")).fetchall() if row[3] is not None}
        connection.rollback()
        connection.execute(envelope.CLEAN_OWN.encode())
    names = {state.relations[oid].name for oid in found if oid in state.existing and _keeps_rows(state, oid)}
    return tuple(sorted(names))


def _has_triggers(connection: Connection, state: State, tables: tuple[str, ...]) -> bool:
    """Tell whether a trigger, also one of a foreign key, may carry a change of these tables to others."""
    oids = [oid for oid, one in state.relations.items() if one.name in tables]
    query = "select exists (select from pg_catalog.pg_trigger where tgrelid = any(%s))"
    return bool(connection.execute(query, [oids]).fetchall()[0][0])


def _keeps_rows(state: State, oid: int) -> bool:
    return state.relations[oid].kind in "rpm"


def _mentioned(state: State, node: Any) -> tuple[int, ...]:
    """Return the oids of the tables that a statement names, or whose indexes it names."""
    names = {name for _, name in tree.relations(node)}
    return tuple({one.table for one in state.relations.values() if one.bare in names})


def _relations(connection: Connection) -> dict[int, Any]:
    return {row[0]: relation(row) for row in connection.execute(_query("relations")).fetchall()}


@contextmanager
def _looking(url: str) -> Iterator[Connection]:
    with database.connect(url, application="tools lint") as connection:
        yield connection


def _failure(error: psycopg.Error) -> Failure:
    message = database.reason(error)
    return Failure(sqlstate=error.sqlstate or "", message=message, relation=error.diag.table_name)


@cache
def _query(name: str) -> bytes:
    return (QUERIES / f"{name}.sql").read_bytes()
