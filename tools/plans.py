"""How PostgreSQL runs a documented query on large data: explained as who asks, with what the data has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tools.database import Connection
from tools.errors import Trouble
from tools.patterns import Pattern
from tools.statements import locate

SETTINGS = """
set local jit = off;
set local max_parallel_workers_per_gather = 0;
set local plan_cache_mode = force_custom_plan;
set local timezone = 'UTC'
"""
PARENTS = """
select c.relname, p.relname
from pg_inherits as i
join pg_class as c on c.oid = i.inhrelid
join pg_class as p on p.oid = i.inhparent
"""
VALUE = re.compile(r"'(?:[^']|'')*'")
NAME = "schema_tools_pattern"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step of a plan; `table` and `index` of a partition are those of the partitioned table, as searched."""

    type: str
    role: str | None  # of a part in the step above
    schema: str | None
    table: str | None
    index: str | None
    filter: str
    sort: tuple[str, ...]
    rows: int
    read: int
    parts: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """Yield this step, and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan that was run: what it was thought to cost, and what it took."""

    root: Node
    cost: float
    milliseconds: float
    buffers: int

    @property
    def indexes(self) -> frozenset[str]:
        """Return the names of all indexes that are read."""
        return frozenset(node.index for node in self.root.walk() if node.index)

    @property
    def shape(self) -> str:
        """Return the plan without costs, times, buffers and values: a line a step, what is below it indented."""
        return "".join(f"{line}\n" for line in _lines(self.root, 0))


def run(connection: Connection, pattern: Pattern) -> Plan:
    """Run a documented query in the role and with the parameters that its header names, and undo what it did."""
    values, settings = _given(connection, pattern)
    parents: dict[str, str] = dict(connection.execute(PARENTS).fetchall())
    with _acting(connection, pattern, settings):
        _prepare(connection, pattern)
        arguments = sql.SQL("({})").format(sql.SQL(", ").join(values)) if values else sql.SQL("")
        statement = sql.SQL("explain (analyze, verbose, buffers, format json) execute {}{}")
        try:
            [(answer,)] = connection.execute(statement.format(sql.Identifier(NAME), arguments))
        except psycopg.Error as error:
            raise _failed(pattern, "given", error) from error
    [found] = answer
    root = found["Plan"]
    return Plan(
        root=_node(root, parents),
        cost=root["Total Cost"],
        milliseconds=found["Execution Time"],
        buffers=root["Shared Hit Blocks"] + root["Shared Read Blocks"],
    )


def _given(connection: Connection, pattern: Pattern) -> tuple[list[sql.Literal], dict[str, str]]:
    """Return the parameters, and the settings: what `given` calls by a name with a dot in it."""
    query = " ".join(pattern.header.said("given"))
    if not query:
        return [], {}
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("set local row_security = off")  # rows that a policy hides are an error, and not none
            cursor = connection.execute(query.encode())
    except psycopg.Error as error:
        raise _failed(pattern, "given", error) from error
    result = cursor.pgresult  # as the server wrote it: not every value of PostgreSQL is one of Python
    if result is None or not result.ntuples:
        raise Trouble(
            f"{pattern.place('given')}: given finds no row in the large data: ask for less, or for a larger --scale"
        )
    names = [(result.fname(i) or b"").decode() for i in range(result.nfields)]
    texts = [(result.get_value(0, i) or b"").decode() for i in range(result.nfields)]
    values = [sql.Literal(text) for name, text in zip(names, texts, strict=True) if "." not in name]
    if len(values) != pattern.parameters:
        raise Trouble(
            f"{pattern.place('given')}: given has {len(values)} columns for {pattern.parameters}"
            " parameters: a setting is a column whose name has a dot"
        )
    return values, {name: text for name, text in zip(names, texts, strict=True) if "." in name}


@contextmanager
def _acting(connection: Connection, pattern: Pattern, settings: Mapping[str, str]) -> Iterator[None]:
    """Act in the role that asks, under its settings; afterwards nothing of it is left."""
    with connection.transaction(force_rollback=True):
        connection.execute(SETTINGS)
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        if pattern.role:
            try:
                connection.execute(sql.SQL("set local role {}").format(sql.Identifier(pattern.role)))
            except psycopg.Error as error:
                raise _failed(pattern, "who", error) from error
        yield


def _prepare(connection: Connection, pattern: Pattern) -> None:
    connection.execute("deallocate all")  # a prepared statement outlives what is rolled back
    before = f"prepare {NAME} as "
    try:
        connection.execute(f"{before}{pattern.text}".encode())
    except psycopg.Error as error:
        position = int(error.diag.statement_position or len(before) + 1)
        line, column = locate(pattern.text, position - 1 - len(before))
        said = error.diag.message_primary or str(error)
        raise Trouble(f"{pattern.file}:{line}:{column}: {said} ({error.sqlstate})") from error


def _failed(pattern: Pattern, fact: str, error: psycopg.Error) -> Trouble:
    said = error.diag.message_primary or str(error)
    return Trouble(f"{pattern.place(fact)}: {fact}: {said} ({error.sqlstate})")


def _node(found: Mapping[str, Any], parents: Mapping[str, str]) -> Node:
    return Node(
        type=found["Node Type"],
        role=found.get("Parent Relationship"),
        schema=found.get("Schema"),
        table=_root(found.get("Relation Name"), parents),
        index=_root(found.get("Index Name"), parents),
        filter=found.get("Filter", ""),
        sort=tuple(found.get("Sort Key", ())),
        rows=round(found["Actual Rows"] * found["Actual Loops"]),
        read=round((found["Actual Rows"] + found.get("Rows Removed by Filter", 0)) * found["Actual Loops"]),
        parts=tuple(_node(part, parents) for part in found.get("Plans", ())),
    )


def _root(name: str | None, parents: Mapping[str, str]) -> str | None:
    while name is not None and name in parents:
        name = parents[name]
    return name


def _lines(node: Node, depth: int) -> Iterator[str]:
    using = f" using {node.index}" if node.index else ""
    on = f" on {node.table}" if node.table else ""
    by = f" by {VALUE.sub('...', ', '.join(node.sort))}" if node.sort else ""
    role = f"{node.role}: " if node.role in ("InitPlan", "SubPlan") else ""
    yield f"{'  ' * depth}{role}{node.type}{using}{on}{by}"
    below = [tuple(_lines(part, depth + 1)) for part in node.parts]
    for lines in dict.fromkeys(below) if "Append" in node.type else below:  # partitions that are read alike
        yield from lines
