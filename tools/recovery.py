"""What a statement that cannot run in a transaction has left when its run was killed, and how it is finished.

The catalog is asked, never guessed: what is there, and whether it is younger than the ledger's last note and so the
statement's own work. What is somebody else's is named, and stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql

from tools.database import Connection
from tools.errors import Trouble
from tools.statements import parse
from tools.watch import TELL, how_far

POLL = 0.25  # seconds between two looks at an index that another session builds

INDEXES = """
select
  namespace.nspname as schema,
  relation.relname as name,
  indexes.indisvalid and indexes.indisready and indexes.indislive as valid,
  -- written after the last note: ours, and not one that was there before
  coalesce(pg_catalog.age(relation.xmin) < pg_catalog.age(%(since)s::text::xid), false) as ours,
  progress.pid as builder,
  pg_catalog.format('%%s %%s', indexes.indisunique, pg_catalog.regexp_replace(
    pg_catalog.pg_get_indexdef(indexes.indexrelid), '^.*? USING ', '')) as definition
from pg_catalog.pg_index as indexes
join pg_catalog.pg_class as relation on relation.oid = indexes.indexrelid
join pg_catalog.pg_namespace as namespace on namespace.oid = relation.relnamespace
left join pg_catalog.pg_stat_progress_create_index as progress
  on progress.index_relid = indexes.indexrelid and progress.datname = pg_catalog.current_database()
where {}
order by relation.oid
"""
OF_TABLE = sql.SQL("indexes.indrelid = pg_catalog.to_regclass(%(table)s)")
NAMED = sql.SQL(  # an index is in its table's schema
    "relation.relname = %(name)s and relation.relnamespace ="
    " (select relnamespace from pg_catalog.pg_class where oid = pg_catalog.to_regclass(%(table)s))"
)
TWIN = sql.SQL("indexes.indrelid = pg_catalog.to_regclass('pg_temp.schema_tools_twin')")
# https://www.postgresql.org/docs/current/sql-reindex.html, Rebuilding Indexes Concurrently
LEFTOVERS = sql.SQL("""
not indexes.indisvalid and relation.relname ~ '_cc(new|old)[0-9]*$' and indexes.indrelid in (
  with tables as ({})
  select relid from tables
  union all
  select toasted.reltoastrelid from tables join pg_catalog.pg_class as toasted on toasted.oid = tables.relid
)
""")
TREE = sql.SQL(
    "select relid from pg_catalog.pg_partition_tree(pg_catalog.to_regclass(%(name)s))"
    " union select pg_catalog.to_regclass(%(name)s)"
)
SCOPES = {  # the tables whose indexes a reindex rebuilds
    "INDEX": sql.SQL("select indrelid as relid from pg_catalog.pg_index where indexrelid in ({})").format(TREE),
    "TABLE": TREE,
    "SCHEMA": sql.SQL("select oid as relid from pg_catalog.pg_class where relnamespace = %(name)s::text::regnamespace"),
    "DATABASE": sql.SQL("select oid as relid from pg_catalog.pg_class"),
}
DETACHED = """
select
  inherits.inhdetachpending,
  coalesce(pg_catalog.age(inherits.xmin) < pg_catalog.age(%(since)s::text::xid), false)
from pg_catalog.pg_inherits as inherits
where inherits.inhrelid = pg_catalog.to_regclass(%(child)s) and inherits.inhparent = pg_catalog.to_regclass(%(parent)s)
"""
# What belongs to the whole server: statement, whether it makes one, its name in the tree, where it is listed
SHARED = {
    "CreatedbStmt": (True, "dbname", "pg_catalog.pg_database where datname"),
    "DropdbStmt": (False, "dbname", "pg_catalog.pg_database where datname"),
    "CreateTableSpaceStmt": (True, "tablespacename", "pg_catalog.pg_tablespace where spcname"),
    "DropTableSpaceStmt": (False, "tablespacename", "pg_catalog.pg_tablespace where spcname"),
    "CreateSubscriptionStmt": (True, "subname", "pg_catalog.pg_subscription where subname"),
    "DropSubscriptionStmt": (False, "subname", "pg_catalog.pg_subscription where subname"),
}
YOUNGER = "select pg_catalog.age(xmin) < pg_catalog.age(%(since)s::text::xid) from {} = %(name)s"
THERE = "select true from {} = %(name)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index as the catalog has it; `builder` is the session that is building it now."""

    schema: str
    name: str
    valid: bool
    ours: bool
    builder: int | None
    definition: str

    @property
    def identifier(self) -> sql.Identifier:
        """Its qualified name, quoted."""
        return sql.Identifier(self.schema, self.name)

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where to look: `since` is the transaction of the last note, None where nothing there can be ours."""

    connection: Connection
    since: str | None
    say: Callable[[str], None]
    tell: Callable[[str], None]

    def settle(self, text: str) -> bool:
        """Clear away what the killed statement left half done; True where it had done its work."""
        node: Any = next((node for _, node in parse(text)), None)
        match type(node).__name__:
            case "IndexStmt" if node.idxname and (node.concurrent or node.if_not_exists):
                return self._settle_index(node)
            case "IndexStmt" if self.since and node.concurrent:
                return self._settle_unnamed(node)
            case "DropStmt" if self.since and node.concurrent:
                return not self._exists(".".join(_quoted(part.sval) for part in node.objects[0]))
            case "ReindexStmt" if self.since:
                return self._settle_reindex(node)
            case "AlterTableStmt" if self.since:
                return self._settle_detach(node)
            case kind if self.since and kind in SHARED:
                return self._settle_shared(node)
        return False

    def _settle_index(self, node: Any) -> bool:
        """Take a valid one of ours for done; an invalid one of ours goes; an invalid one of others stops the run."""
        for index in self._indexes(NAMED, table=_name(node.relation), name=node.idxname):
            if not index.valid and not index.ours:
                name = index.identifier.as_string()
                raise Trouble(
                    f"index {index} is there and invalid, and it is not this run's work, so nothing was done:"
                    f" drop index concurrently {name}, or reindex index concurrently {name}, then apply again"
                )
            if index.valid:
                return index.ours
            self._drop(index, "building it again")
        return False

    def _settle_unnamed(self, node: Any) -> bool:
        """Do the same where PostgreSQL chose the name: ours is what is young, on that table, with that definition."""
        young = [index for index in self._indexes(OF_TABLE, table=_name(node.relation)) if index.ours]
        definition = self._definition(node) if young else None
        same = [index for index in young if index.definition == definition]
        for index in same:
            if not index.valid:
                self._drop(index, "building it again")
        return any(index.valid for index in same)

    def _settle_reindex(self, node: Any) -> bool:
        """Drop the copies that are left; then it is done again, for the catalog does not say how far it came."""
        scope = SCOPES.get(node.kind.name.rpartition("_")[2])
        if scope is None or not any(parameter.defname == "concurrently" for parameter in node.params or ()):
            return False
        name = _name(node.relation) if node.relation else _quoted(node.name or "")
        for index in self._indexes(LEFTOVERS.format(scope), name=name):
            if not index.ours:
                self.say(f"{index} is invalid, and it is not this run's work: it stays")
                continue
            try:
                self._drop(index, "reindexing again")
            except errors.InsufficientPrivilege:  # in pg_toast, of which nobody but a superuser has the use
                name = index.identifier.as_string()
                self.say(
                    f"this role may not drop {index}: it stays until a superuser says drop index concurrently {name}"
                )
        return False

    def _settle_detach(self, node: Any) -> bool:
        """Finish a detach that is pending; no longer a partition is done."""
        command = next((item for item in node.cmds or () if getattr(item.def_, "concurrent", False)), None)
        if command is None:
            return False
        parent, child = _name(node.relation), _name(command.def_.name)
        row = self._row(sql.SQL(DETACHED), parent=parent, child=child)
        if row is None:
            return self._exists(child)
        pending, ours = row
        if pending and ours:
            self.say(f"{child} was left half detached: finishing that")
            words = sql.SQL("alter table {} detach partition {} finalize")
            self.connection.execute(words.format(_identifier(node.relation), _identifier(command.def_.name)))
        return bool(pending and ours)

    def _settle_shared(self, node: Any) -> bool:
        """Made after the note, or gone, is done; where this role may not look, the server says what is there."""
        makes, attribute, listed = SHARED[type(node).__name__]
        try:
            row = self._row(sql.SQL(YOUNGER if makes else THERE).format(sql.SQL(listed)), name=getattr(node, attribute))
        except errors.InsufficientPrivilege:
            return False
        return bool(row and row[0]) if makes else row is None

    def _indexes(self, where: sql.Composable, **names: str) -> tuple[Index, ...]:
        """Return the indexes, once no other session is building one of them."""
        started = told = time.monotonic()
        while True:
            query = sql.SQL(INDEXES).format(where)
            rows = self.connection.execute(query, {"since": self.since, **names}).fetchall()
            found = tuple(Index(**dict(zip(Index.__dataclass_fields__, row, strict=True))) for row in rows)
            built = next((index for index in found if index.builder and not index.valid), None)
            if built is None or built.builder is None:
                return found
            if time.monotonic() - told >= TELL:
                told = time.monotonic()
                at = how_far(self.connection, built.builder)
                self.tell(f"{built} is being built by pid {built.builder}: {at}, {told - started:.0f} s")
            time.sleep(POLL)

    def _definition(self, node: Any) -> str | None:
        """Return what PostgreSQL would make of the statement: it makes it, on an empty twin of the table."""
        from pglast.stream import RawStream

        like = sql.SQL("create temporary table schema_tools_twin (like {})").format(_identifier(node.relation))
        node.relation.schemaname, node.relation.relname = "pg_temp", "schema_tools_twin"
        node.concurrent = False
        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute("set transaction read write")
                self.connection.execute(like)
                self.connection.execute(RawStream()(node).encode())
                return self._indexes(TWIN)[0].definition
        except psycopg.Error:  # no right to make temporary tables, an expression over the whole row
            return None

    def _drop(self, index: Index, then: str) -> None:
        self.say(f"{index} was left invalid: dropping it and {then}")
        self.connection.execute(sql.SQL("drop index concurrently {}").format(index.identifier))

    def _exists(self, name: str) -> bool:
        row = self._row(sql.SQL("select pg_catalog.to_regclass(%(name)s) is not null"), name=name)
        return bool(row and row[0])

    def _row(self, query: sql.Composable, **names: str) -> tuple[Any, ...] | None:
        return self.connection.execute(query.as_string(), {"since": self.since, **names}).fetchone()


def _identifier(relation: Any) -> sql.Identifier:
    return sql.Identifier(*filter(None, (relation.schemaname, relation.relname)))


def _name(relation: Any) -> str:
    return _identifier(relation).as_string()


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
