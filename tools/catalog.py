"""What a database says about itself, as one frozen value: read from a connection, written as JSON, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import psycopg
from psycopg import IsolationLevel, errors
from psycopg.pq import TransactionStatus

from tools import __version__, census, kinds, printing, rarities
from tools.errors import Trouble
from tools.kinds import Object
from tools.rows import Objects, Row, load, rows, uncollected

QUERIES = Path(__file__).parent / "queries"
ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(", ", ": "))
# The printing functions look at what is there now, not at the snapshot (src/backend/utils/adt/ruleutils.c): what
# another session drops meanwhile is "could not open relation with OID", "cache lookup failed" or undefined
GONE = (errors.InternalError_, errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedObject)
ATTEMPTS = 3
FORMAT = 1  # of a snapshot; a fact that is added with the default of a plain object changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All objects of a database, kind by kind, each kind sorted by name.

    `unread` are the keys of what the census found and no query read: objects that nothing is known of. `digests` are
    the server's own of all that it answered, where it was asked for them.
    """

    server_version: str = field(default="", compare=False)
    unread: tuple[str, ...] = field(default=(), compare=False)
    digests: tuple[str, ...] = field(default=(), compare=False, repr=False)
    schemas: Sequence[kinds.Schema] = ()
    extensions: Sequence[kinds.Extension] = ()
    tables: Sequence[kinds.Table] = ()
    foreign_tables: Sequence[rarities.ForeignTable] = ()
    columns: Sequence[kinds.Column] = ()
    constraints: Sequence[kinds.Constraint] = ()
    indexes: Sequence[kinds.Index] = ()
    triggers: Sequence[kinds.Trigger] = ()
    functions: Sequence[kinds.Function] = ()
    views: Sequence[kinds.View] = ()
    materialized_views: Sequence[kinds.MaterializedView] = ()
    rules: Sequence[kinds.Rule] = ()
    sequences: Sequence[kinds.Sequence] = ()
    enums: Sequence[kinds.Enum] = ()
    domains: Sequence[kinds.Domain] = ()
    composite_types: Sequence[kinds.CompositeType] = ()
    range_types: Sequence[kinds.RangeType] = ()
    policies: Sequence[kinds.Policy] = ()
    privileges: Sequence[kinds.Privilege] = ()
    default_privileges: Sequence[kinds.DefaultPrivilege] = ()
    comments: Sequence[kinds.Comment] = ()
    statistics: Sequence[rarities.Statistics] = ()
    event_triggers: Sequence[rarities.EventTrigger] = ()
    publications: Sequence[rarities.Publication] = ()
    publication_relations: Sequence[rarities.PublicationRelation] = ()
    collations: Sequence[rarities.Collation] = ()
    text_search_configurations: Sequence[rarities.TextSearchConfiguration] = ()
    text_search_dictionaries: Sequence[rarities.TextSearchDictionary] = ()
    foreign_data_wrappers: Sequence[rarities.ForeignDataWrapper] = ()
    foreign_servers: Sequence[rarities.ForeignServer] = ()
    user_mappings: Sequence[rarities.UserMapping] = ()
    operators: Sequence[rarities.Operator] = ()
    casts: Sequence[rarities.Cast] = ()
    extension_dependencies: Sequence[rarities.ExtensionDependency] = ()
    languages: Sequence[rarities.Language] = ()
    base_types: Sequence[rarities.BaseType] = ()
    operator_families: Sequence[rarities.OperatorFamily] = ()
    operator_classes: Sequence[rarities.OperatorClass] = ()
    access_methods: Sequence[rarities.AccessMethod] = ()
    conversions: Sequence[rarities.Conversion] = ()
    transforms: Sequence[rarities.Transform] = ()
    text_search_parsers: Sequence[rarities.TextSearchParser] = ()
    text_search_templates: Sequence[rarities.TextSearchTemplate] = ()
    subscriptions: Sequence[rarities.Subscription] = ()
    security_labels: Sequence[rarities.SecurityLabel] = ()

    @property
    def major(self) -> int:
        """Return the server's major version; 0 where none is known."""
        return _major(self.server_version)


@cache
def members() -> Mapping[str, type[Object]]:
    """Return the dataclass of each field of `Catalog` that holds objects."""
    hints = get_type_hints(Catalog)
    return {f.name: get_args(hints[f.name])[0] for f in fields(Catalog) if f.compare}


# The facts that are compared, by kind
COMPARED = {kind.kind: tuple(f for f in fields(kind) if f.compare and f.name != "name") for kind in members().values()}
# The kinds whose objects list their columns, with the place of the list in a row
LISTING: dict[type[Object], int] = {
    kind: [f.name for f in fields(kind)].index("columns") for kind in (kinds.Table, rarities.ForeignTable)
}

# The facts that a plain object has by default
PLAIN = {kind.kind: tuple((f.name, f.default) for f in fields(kind)) for kind in members().values()}


def objects(catalog: Catalog) -> Iterator[Object]:
    """Yield every object, kind by kind."""
    for member in members():
        yield from getattr(catalog, member)


def count(catalog: Catalog) -> int:
    """Return how many objects there are."""
    return sum(len(getattr(catalog, member)) for member in members())


def read(connection: psycopg.Connection[Any], known: Catalog | None = None) -> Catalog:
    """Read the catalog in one read-only snapshot; inside an open transaction, as that transaction sees it.

    Settings are local to a block that is rolled back, so the connection is left as it was found. A catalog that is
    `known` is what this returns where a server of the same major has the same digests: then no row is sent.
    """
    version = (connection.info.parameter_status("server_version") or "").partition(" ")[0]
    for _ in range(ATTEMPTS):
        try:
            with _snapshot(connection) as cursor:
                if known is not None and _is_as(known, version, cursor):
                    return replace(known, server_version=version)
                return _read(cursor, version)
        except errors.LockNotAvailable:
            raise Trouble(
                "the catalog cannot be read while another session holds a lock on a table (a migration at work?):"
                " try again when it is done"
            ) from None
        except GONE as error:
            reason = error.diag.message_primary
    raise Trouble(f"the catalog changes while it is read (a migration at work?): try again when it is done ({reason})")


def digested(connection: psycopg.Connection[Any], found: Catalog) -> Catalog:
    """Return the catalog with the digests of the database that it was read from, which nobody has changed since."""
    with _snapshot(connection) as cursor:
        return replace(found, digests=_digests(cursor))


def is_one(first: Catalog, second: Catalog) -> bool:
    """Tell whether the second was not even read, because its database has the digests of the first."""
    return all(getattr(first, member) is getattr(second, member) for member in members())


def to_rows(catalog: Catalog) -> dict[str, list[Row]]:
    """Return the objects as rows, by the name of the field: what a cache keeps, and no other version reads."""
    return {member: rows(getattr(catalog, member)) for member in members()}


def from_rows(find: Callable[[], Mapping[str, list[list[Any]]]], counts: Mapping[str, int], **others: Any) -> Catalog:
    """Return the catalog of such rows, which are found when one is wanted; `others` are the other fields."""
    found = cache(find)

    def rows_of(member: str) -> Callable[[], list[Row]]:
        return lambda: list(map(tuple, found()[member]))

    kept: dict[str, Any] = {
        member: Objects(kind, rows_of(member), counts[member]) for member, kind in members().items()
    }
    return Catalog(**others, **kept)


def facts(item: Object) -> dict[str, Any]:
    """Return what is compared between two objects of the same name."""
    return {f.name: getattr(item, f.name) for f in COMPARED[item.kind]}


def fingerprint(catalog: Catalog) -> str:
    """Return the sha256 over all objects and their facts; the server's version does not count."""
    digest = hashlib.sha256()
    for item in objects(catalog):
        digest.update(_line({"kind": item.kind, "name": item.name, **facts(item)}).encode() + b"\n")
    return digest.hexdigest()


def to_json(catalog: Catalog, *, tool_version: str) -> str:
    """Return a snapshot: canonical JSON, one object a line, facts with their default value left out."""
    head = {
        "format": FORMAT,
        "fingerprint": fingerprint(catalog),
        "server_version": catalog.server_version,
        "tool_version": tool_version,
        **({"unread": catalog.unread} if catalog.unread else {}),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    body = ",\n".join(_line(_special(item)) for item in objects(catalog))
    return "\n".join(["{", *lines, '"objects": [', body, "]", "}", ""])


def from_json(text: str) -> Catalog:
    """Return the catalog of a snapshot."""
    try:
        snapshot = json.loads(text)
        number = snapshot["format"]
    except (ValueError, KeyError, TypeError):
        raise Trouble("this is not a snapshot: write one with tools snapshot") from None
    if number != FORMAT:
        raise Trouble(f"a snapshot of format {number}, and this version reads format {FORMAT}: write it again")
    try:
        catalog = _from_lines(snapshot["objects"], snapshot["server_version"])
        catalog = replace(catalog, unread=tuple(snapshot.get("unread", ())))
    except (KeyError, TypeError, AttributeError) as error:
        raise Trouble(
            f"the snapshot has something unknown in it ({error}): write it again with tools snapshot"
        ) from None
    if fingerprint(catalog) != snapshot.get("fingerprint"):
        written = snapshot.get("tool_version")
        if written != __version__:
            raise Trouble(
                f"the snapshot was written by version {written}, which saw less or more than this one, {__version__}:"
                " write it again with tools snapshot"
            )
        raise Trouble("the snapshot was edited, its fingerprint does not fit: write it again with tools snapshot")
    return catalog


@contextmanager
def _snapshot(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[Any]]:
    """Give a cursor on one snapshot that reads only, in a block that is rolled back."""
    is_outside = connection.info.transaction_status == TransactionStatus.IDLE
    before = connection.isolation_level, connection.read_only
    if is_outside:
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            yield cursor
    finally:
        if is_outside and not connection.broken:
            connection.isolation_level, connection.read_only = before


def _read(cursor: psycopg.Cursor[Any], version: str) -> Catalog:
    """Return the catalog, with the keys of what is there and no query reads."""
    answers, sums = _ask(cursor)
    return replace(_catalog(answers, version), unread=_unread(cursor, answers, sums))


def _ask(cursor: psycopg.Cursor[Any]) -> tuple[list[list[Row]], list[Row]]:
    """Return the rows of every query, and of the census; the preamble and all of it are one message, and one turn."""
    cursor.execute(_question().encode())
    with uncollected():
        _, *answers, sums = [cursor.fetchall() for _ in cursor.results() if cursor.description]
    return answers, sums


def _is_as(known: Catalog, version: str, cursor: psycopg.Cursor[Any]) -> bool:
    """Tell whether the database has the digests of a known catalog; majors print some things differently."""
    return known.digests != () and known.major == _major(version) and known.digests == _digests(cursor)


def _digests(cursor: psycopg.Cursor[Any]) -> tuple[str, ...]:
    """Return the digest of what each query answers, as the server takes it."""
    cursor.execute(_digest_question().encode())
    _, *answers = [cursor.fetchall() for _ in cursor.results() if cursor.description]
    return tuple(digest for ((digest,),) in answers)


@cache
def _question() -> str:
    """Return the preamble and all queries as one message."""
    return "\n".join([_sql("session"), *_queries()])


@cache
def _digest_question() -> str:
    """Return the preamble and the digests of all queries as one message."""
    around = _sql("digest")
    inner = (query.rstrip().removesuffix(";") for query in _queries())
    return "\n".join([_sql("session"), *(around.replace("(select)", f"({query}\n)") for query in inner)])


def _queries() -> Iterator[str]:
    """Yield the query of each member, and the census."""
    for kind in members().values():
        yield _sql(kind.kind.replace(" ", "_"))
    yield census.sums_question()


def _sql(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _catalog(answers: list[list[Row]], version: str) -> Catalog:
    pairs = zip(members().items(), answers, strict=True)
    found: dict[str, Any] = {member: load(kind, answer) for (member, kind), answer in pairs}
    catalog = Catalog(server_version=version, **found)
    return catalog if catalog.major >= 16 else _as_16_prints(catalog)


def _unread(cursor: psycopg.Cursor[Any], answers: list[list[Row]], sums: list[Row]) -> tuple[str, ...]:
    """Return the keys of what is there, by the census or as a column by its table, and in no answer."""
    asked = tuple(zip(members().values(), answers, strict=True))
    read = {kind.kind: [row[0] for row in answer] for kind, answer in asked}
    columns = [
        f"{row[0]}.{column}"
        for kind, answer in asked
        if kind in LISTING
        for row in answer
        for column in row[LISTING[kind]]
    ]
    there = [*sums, ("column", *census.sums({"column": columns})["column"])]
    if not census.falls_short(census.sums(read), there):
        return ()
    cursor.execute(census.question().encode())
    return census.unread(read, [*cursor.fetchall(), *(("column", column) for column in columns)])


def _major(version: str) -> int:
    return int(version.partition(".")[0] or 0)


def _as_16_prints(catalog: Catalog) -> Catalog:
    return replace(
        catalog,
        views=tuple(replace(view, definition=printing.unqualify(view.definition)) for view in catalog.views),
        materialized_views=tuple(
            replace(view, definition=printing.unqualify(view.definition)) for view in catalog.materialized_views
        ),
    )


def _special(item: Object) -> dict[str, Any]:
    """Return the object as JSON has it: what a plain object has by default is left out."""
    special = {name: value for name, plain in PLAIN[item.kind] if (value := getattr(item, name)) != plain}
    return {"kind": item.kind, **special}


def _line(row: Mapping[str, Any]) -> str:
    return ENCODER.encode(row)


def _from_lines(lines: list[dict[str, Any]], version: str) -> Catalog:
    found: dict[str, Any] = {member: [] for member in members()}
    known = {kind.kind: (member, kind) for member, kind in members().items()}
    for line in lines:
        member, kind = known[line.pop("kind")]
        facts: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in line.items()}
        found[member].append(kind(**facts))
    return Catalog(server_version=version, **{member: tuple(items) for member, items in found.items()})
