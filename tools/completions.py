"""All the statements that make an object as it should be: with its owner, its switches, its targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import singledispatch

from tools import kinds, rare_creations, rarities
from tools.creations import column, create, foreign_options, join, late_checks, listed, named, role, split
from tools.kinds import Object
from tools.surroundings import Surroundings

SPOKEN_OF_AS = {
    "base type": "type",
    "composite type": "type",
    "enum": "type",
    "foreign server": "server",
    "function": "routine",
    "multirange type": "type",
    "range type": "type",
}
ON_A_TABLE = ("constraint", "policy", "rule", "trigger")
SWITCHES = {"origin": "enable", "disabled": "disable", "replica": "enable replica", "always": "enable always"}


def make(item: Object, around: Surroundings) -> tuple[str, ...]:
    """Return the statements; none where none can say it."""
    match item:
        case kinds.Table():
            first: str | None = table(item, around)
        case rarities.ForeignTable():
            first = _foreign_table(item, around)
        case kinds.Function(routine="aggregate"):
            first = rare_creations.aggregate(item)
        case kinds.Column():
            first = f"alter {item.parents[0]} add column {_column(item, around)}"
        case _:
            first = create(item)
    return (first, *_owner(item), *_rest(item, around)) if first else ()


def reference(kind: str, name: str) -> str:
    """Return the object as ``comment on`` and ``drop`` speak of it."""
    if kind not in (*ON_A_TABLE, "domain constraint"):
        return f"{SPOKEN_OF_AS.get(kind, kind)} {name}"
    owner, label = split(name)
    return f"constraint {label} on domain {owner}" if kind == "domain constraint" else f"{kind} {label} on {owner}"


def not_null_name(item: kinds.Column, told: str | None) -> str | None:
    """Return the name of a NOT NULL, which is told where it is not the server's own choice; None where that is long."""
    name = (told or "").partition(" ")[0]
    if name and name not in ("no", "not"):
        return name
    parts = [part.strip('"').replace('""', '"') for part in (split(item.container)[1], item.label)]
    plain = f"{parts[0]}_{parts[1]}_not_null"
    if told or len("".join(parts).encode()) >= 54:  # makeObjectName() cuts it then
        return None
    return plain if re.fullmatch(r"[a-z_][a-z0-9_$]*", plain) else '"' + plain.replace('"', '""') + '"'


def _owner(item: Object) -> tuple[str, ...]:
    owner = getattr(item, "owner", None)
    return () if owner in (None, "(owner)") else (f"alter {reference(item.kind, item.name)} owner to {role(owner)}",)


def table(item: kinds.Table, around: Surroundings, body: str | None = None) -> str:
    """Return the statement of a table; `body` stands for the columns in their parentheses."""
    kind = "unlogged table" if item.unlogged else "table"
    columns = listed(columns_of(item, around)) if body is None else body
    return join(
        f"create {kind} {item.name}",
        f"partition of {item.partition_of} {item.partition_bound}" if item.partition_of else columns or "()",
        named("inherits", item.inherits) if not item.partition_of else None,
        f"partition by {item.partition_key}" if item.partition_key else None,
        f"using {item.access_method}" if item.access_method else None,
        named("with", item.options),
        f"tablespace {item.tablespace}" if item.tablespace else None,
    )


def columns_of(item: kinds.Table | rarities.ForeignTable, around: Surroundings) -> Iterator[str]:
    """Yield the columns as the statement of a table has them."""
    for one in around.columns(item):
        yield _column(one, around)


def _column(item: kinds.Column, around: Surroundings) -> str:
    """Return a column with the name of its NOT NULL, where that is not the server's own choice."""
    name = (item.not_null or "").partition(" ")[0]
    text = column(item)
    if name and name not in ("no", "not") and around.major >= 18:
        return f"{text.removesuffix('not null')}constraint {name} not null"
    return text


def _foreign_table(item: rarities.ForeignTable, around: Surroundings) -> str | None:
    if any(option.endswith("=***") for option in item.options):
        return None
    columns = listed(columns_of(item, around)) or "()"
    return join(
        f"create foreign table {item.name}",
        f"partition of {item.partition_of} {item.partition_bound}" if item.partition_of else columns,
        named("inherits", item.inherits) if not item.partition_of else None,
        f"server {item.server}",
        foreign_options(item.options),
    )


@singledispatch
def _rest(item: Object, around: Surroundings) -> Iterable[str]:  # noqa: ARG001 (most need no more)
    return ()


@_rest.register
def _(item: kinds.Table, around: Surroundings) -> Iterator[str]:
    if item.of_type:
        yield f"alter table {item.name} of {item.of_type}"
    if item.row_security:
        yield f"alter table {item.name} enable row level security"
    if item.force_row_security:
        yield f"alter table {item.name} force row level security"
    if item.replica_identity in ("full", "nothing"):
        yield f"alter table {item.name} replica identity {item.replica_identity}"
    for one in around.columns(item):
        yield from _own_default(one, around) if item.partition_of else ()
        yield from _rest(one, around)


@_rest.register
def _(item: kinds.Column, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    start = f"alter {item.parents[0]} alter column {item.label}"
    if item.storage:
        yield f"{start} set storage {item.storage}"
    if item.statistics is not None:
        yield f"{start} set statistics {item.statistics}"
    if item.options and not item.parents[0].startswith("foreign "):
        yield f"{start} {named('set', item.options)}"


@_rest.register
def _(item: kinds.Constraint, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    if item.clustered:
        yield f"alter {item.parents[0]} cluster on {item.label}"


@_rest.register
def _(item: kinds.Index, around: Surroundings) -> Iterator[str]:
    if item.clustered:
        yield f"alter table {item.table} cluster on {split(item.name)[1]}"
    for target in item.statistics:
        number, _, value = target.partition(" ")
        yield f"alter index {item.name} alter column {number} set statistics {value}"
    table = around.items.get(f"table {item.table}")
    words = f"using index {split(item.name)[1]}"
    if isinstance(table, kinds.Table) and table.replica_identity == words:
        yield f"alter table {item.table} replica identity {words}"


@_rest.register
def _(item: kinds.Trigger, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    if item.enabled != "origin":
        yield f"alter table {item.container} {SWITCHES[item.enabled]} trigger {item.label}"


@_rest.register
def _(item: kinds.Rule, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    if item.enabled != "origin":
        yield f"alter table {item.container} {SWITCHES[item.enabled]} rule {item.label}"


@_rest.register
def _(item: rarities.EventTrigger, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    if item.enabled != "origin":
        yield f"alter event trigger {item.name} {SWITCHES[item.enabled]}"


@_rest.register
def _(item: kinds.View, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    for text in item.defaults:
        name, _, value = text.partition(" ")
        yield f"alter view {item.name} alter column {name} set default {value}"


@_rest.register
def _(item: kinds.Domain, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    yield from late_checks(item)


@_rest.register
def _(item: rarities.Statistics, around: Surroundings) -> Iterator[str]:  # noqa: ARG001 (the shape of all)
    if item.target is not None:
        yield f"alter statistics {item.name} set statistics {item.target}"


def _own_default(item: kinds.Column, around: Surroundings) -> Iterator[str]:
    """Yield the default that a partition has for itself."""
    above = around.items.get(item.parents[1]) if len(item.parents) > 1 else None
    if isinstance(above, kinds.Column) and above.default != item.default:
        words = f"set default {item.default}" if item.default else "drop default"
        yield f"alter table only {item.container} alter column {item.label} {words}"
