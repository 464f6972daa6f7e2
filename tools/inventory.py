"""A catalog sorted by table: what each table, view and external table has, and what comments say of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tools import names, remarks
from tools.catalog import Catalog
from tools.kinds import Column, Constraint, Index, MaterializedView, Object, Table, Trigger, View
from tools.remarks import Remark

Kind = TypeVar("Kind", bound=Object)

# `new.x := …` in a trigger function of PL/pgSQL; too much found only makes a row be read again
ASSIGNED = re.compile(r'\bnew\s*\.\s*("(?:[^"]|"")+"|\w+)\s*:?=(?!=)', re.IGNORECASE)
SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
BEFORE = re.compile(r" BEFORE ((?:INSERT|UPDATE|DELETE|TRUNCATE| OR |OF [^;]*?)+) ON ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What becomes a class: a table, a view, or a table that another system owns.

    `key` has the columns of the primary key, without quotes; one over periods is none that SQLAlchemy knows.
    `owning` are the columns that a sequence belongs to.
    `inserted` and `updated` are the columns that triggers write before a row is stored.
    """

    name: str
    kind: str
    columns: tuple[Column, ...]
    remark: Remark
    comment: str | None = None
    key: tuple[str, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    partition_key: str | None = None
    owning: frozenset[str] = frozenset()
    inserted: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    unmirrored: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, str]:
        """Return schema and name, without quotes."""
        schema, name = names.split(self.name)
        return schema, name

    @property
    def read_only(self) -> bool:
        """Whether sessions refuse to write it."""
        return self.kind != "table"

    def about(self, item: Column | Constraint) -> Remark:
        """Return what the comment on a column or a constraint says."""
        return remarks.read(self.comments.get(item.key))

    def index_comment(self, item: Constraint | Index) -> str | None:
        """Return the comment on an index, or on the index of a constraint."""
        schema = self.name.removesuffix(f".{_last(self.name)}")
        return self.comments.get(f"index {schema}.{_last(item.name)}")

    def column(self, name: str) -> Column | None:
        """Return the column of this name, without quotes."""
        return next((one for one in self.columns if label(one) == name), None)


def label(item: Column | Constraint | Index) -> str:
    """Return an object's own name, without schema, table and quotes."""
    return names.split(item.name)[-1]


def unquoted(labels: Iterable[str]) -> tuple[str, ...]:
    """Return names that stand alone without their quotes."""
    return tuple(names.split(one)[0] for one in labels)


def typed(text: str) -> tuple[str, str]:
    """Take apart a column or attribute as a view or composite type has it.

    >>> typed('"my id" character varying(20)')
    ('my id', 'character varying(20)')
    """
    name = re.match(r'"(?:[^"]|"")+"|\S+', text)
    end = name.end() if name else 0
    return names.split(text[:end])[0], text[end + 1 :]


def sort(catalog: Catalog, external: frozenset[str]) -> tuple[Subject, ...]:
    """Return all that becomes a class, by name; partitions are part of their parent.

    `external` has the keys of the tables that another system owns: they keep the columns that our own refer to.
    """
    comments = {comment.name: comment.text for comment in catalog.comments}
    tables = _tables(catalog, comments)
    ours = [table for table in tables if f"table {table.name}" not in external]
    theirs = [_stub(table, ours) for table in tables if f"table {table.name}" in external]
    views = [_view(one.name, one.kind, _typed(one), comments) for one in catalog.views]
    views += [_view(one.name, one.kind, _typed(one), comments) for one in catalog.materialized_views]
    columns = _grouped(catalog.columns)
    foreign = [
        _view(table.name, table.kind, [(one.name, one.type) for one in columns.get(table.name, ())], comments)
        for table in catalog.foreign_tables
        if not table.partition_of
    ]
    found = [one for one in (*ours, *theirs, *views, *foreign) if one.columns]
    return tuple(sorted(found, key=lambda one: one.name))


def _tables(catalog: Catalog, comments: Mapping[str, str]) -> list[Subject]:
    columns, constraints, triggers = (
        _grouped(catalog.columns),
        _grouped(catalog.constraints),
        _grouped(catalog.triggers),
    )
    policies, rules = _grouped(catalog.policies), _grouped(catalog.rules)
    indexes: dict[str, list[Index]] = defaultdict(list)
    for index in catalog.indexes:
        indexes[index.table].append(index)
    owners = {sequence.owned_by for sequence in catalog.sequences}
    bodies = {function.name: function.body for function in catalog.functions}
    found = []
    for table in catalog.tables:
        if table.partition_of:
            continue
        text = comments.get(table.key)
        by_label = {one.label: one for one in columns.get(table.name, ())}
        told = triggers.get(table.name, [])
        found.append(
            Subject(
                name=table.name,
                kind="table",
                columns=tuple(by_label[name] for name in table.columns),
                remark=remarks.read(text),
                comment=text,
                key=_key(constraints.get(table.name, ())),
                comments=comments,
                constraints=tuple(constraints.get(table.name, ())),
                indexes=tuple(indexes.get(table.name, ())),
                partition_key=table.partition_key,
                owning=frozenset(label(one) for one in by_label.values() if one.name in owners),
                inserted=written(told, bodies, "INSERT"),
                updated=written(told, bodies, "UPDATE"),
                unmirrored=tuple(_unmirrored(table, told, policies.get(table.name, []), rules.get(table.name, []))),
            )
        )
    return found


def _key(constraints: Iterable[Constraint]) -> tuple[str, ...]:
    found = (one for one in constraints if one.type == "primary key" and not one.period)
    return next((unquoted(one.columns) for one in found), ())


def _view(name: str, kind: str, columns: list[tuple[str, str]], comments: Mapping[str, str]) -> Subject:
    text = comments.get(f"{kind} {name}")
    return Subject(
        name=name,
        kind="view",
        columns=tuple(Column(name=column, parents=(f"{kind} {name}",), type=type_) for column, type_ in columns),
        remark=remarks.read(text),
        comment=text,
        comments=comments,
    )


def _stub(table: Subject, ours: Iterable[Subject]) -> Subject:
    """Return an external table with its key and with what our foreign keys point to."""
    keys = [one for subject in ours for one in subject.constraints if one.references == table.name]
    wanted = {name for one in keys for name in unquoted(one.referenced_columns)}
    columns = tuple(one for one in table.columns if wanted and label(one) in {*wanted, *table.key})
    constraints = tuple(one for one in table.constraints if one.type == "primary key") if wanted else ()
    return replace(table, kind="external", columns=columns, constraints=constraints, indexes=(), unmirrored=())


def _unmirrored(
    table: Table, triggers: Iterable[Object], policies: Iterable[Object], rules: Iterable[Object]
) -> Iterator[str]:
    """Yield what a model has no words for, kind by kind."""
    security = ["row-level security"] if table.row_security else []
    for kind, items in (("policies", policies), ("triggers", triggers), ("rules", rules)):
        names_ = [names.split(one.name)[-1] for one in items]
        security += [f"the {kind} {', '.join(names_)}"] if names_ else []
    yield from security
    if table.inherits:
        yield f"that it inherits from {', '.join(table.inherits)}"
    if table.partition_key:
        yield "its partitions"
    if table.unlogged:
        yield "that it is unlogged"
    if table.of_type:
        yield f"that it is of the type {table.of_type}"
    if table.options:
        yield f"its storage parameters {', '.join(table.options)}"


def written(triggers: Iterable[Trigger], bodies: Mapping[str, str], event: str) -> frozenset[str]:
    """Return the columns that triggers write before the row is stored."""
    found: set[str] = set()
    for trigger in triggers:
        timing = BEFORE.search(trigger.definition)
        if timing and event in timing[1]:
            body = SQL_COMMENT.sub("", bodies.get(trigger.function, ""))
            found.update(names.split(one)[0] for one in ASSIGNED.findall(body))
    return frozenset(found)


def _grouped(items: Iterable[Kind]) -> dict[str, list[Kind]]:
    """Return objects by the name of what they are in."""
    found: dict[str, list[Kind]] = defaultdict(list)
    for item in items:
        found[item.container].append(item)
    return found


def _last(name: str) -> str:
    """Return the last part of a qualified name, with its quotes."""
    found = re.search(r'("(?:[^"]|"")+"|[^."]+)$', name)
    return found[1] if found else name


def _typed(view: View | MaterializedView) -> list[tuple[str, str]]:
    """Return the columns of a view: the qualified name and the type of each."""
    found = [(text, typed(text)[1]) for text in view.output]
    return [(f"{view.name}.{text.removesuffix(f' {type_}')}", type_) for text, type_ in found]
