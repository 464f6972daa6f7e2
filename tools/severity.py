"""How much a change matters, and whether a model that mirrors the expected side keeps working."""

from __future__ import annotations

import re
from typing import Literal

from tools.changes import Change, Fact, lost
from tools.kinds import Column, Constraint, Index, Policy

Severity = Literal["breaking", "change", "cosmetic"]

# Kinds without which a program, or a promise of the schema, fails
NEEDED = frozenset(
    (
        *("schema", "extension", "table", "foreign table", "column", "constraint", "trigger", "function", "view"),
        *("materialized view", "sequence", "enum", "domain", "composite type", "range type", "policy", "privilege"),
        *("base type", "language", "access method", "operator", "operator class", "transform", "security label"),
    )
)
# Kinds whose absence no statement of a model meets
UNSPOKEN = frozenset(
    (
        *("trigger", "rule", "comment", "default privilege", "statistics", "event trigger", "publication"),
        *("publication relation", "user mapping", "subscription", "conversion", "access method", "security label"),
        *("extension dependency", "text search parser", "text search template", "operator family"),
    )
)
COSMETIC = {
    "column": {"storage", "compression", "statistics", "not_null"},
    "comment": {"text"},
    "constraint": {"clustered"},
    "foreign table": {"columns"},
    "index": {"clustered", "statistics"},
    "statistics": {"target"},
    "table": {"columns"},
}
# Facts that may not change at all
BREAKING = {
    "column": {"type", "nullable", "generated", "identity"},
    "composite type": {"attributes"},
    "constraint": {
        *("type", "columns", "expression", "references", "referenced_columns", "match", "on_update", "on_delete"),
        *("on_delete_columns", "nulls_not_distinct", "no_inherit", "period"),
    },
    "domain": {"type", "nullable", "constraints"},
    "function": {"routine", "arguments", "returns", "security_definer"},
    "policy": {"command", "permissive", "roles", "using", "check"},
    "range type": {"subtype"},
    "security label": {"text"},
    "transform": {"from_sql", "to_sql"},
    "view": {"options"},
}
# Facts that were promised and do not hold
PROMISES = {
    "constraint": {"validated", "enforced"},
    "index": {"valid", "unique"},
    "table": {"row_security", "force_row_security"},
}
# Facts whose change a model meets in its next statement
NOTICED = {
    "composite type": {"attributes"},
    "domain": {"type", "nullable", "constraints"},
    "enum": {"labels"},
    "foreign table": {"server", "options"},
    "function": {"routine", "arguments", "returns"},
    "materialized view": {"definition"},
    "policy": {"command", "permissive", "roles", "using", "check"},
    "range type": {"subtype"},
    "view": {"definition"},
}
# What reads and writes as before for who knows the narrower type
WIDER = {
    "smallint": ("integer", "bigint"),
    "integer": ("bigint",),
    "real": ("double precision",),
    "character varying": ("character varying", "text"),
    "numeric": ("numeric",),
}
OFF = ("disabled", "replica")  # how a trigger or rule is kept that does not fire
TYPE = re.compile(r"^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?$")


def judge(change: Change) -> Severity:
    """Return how much the change matters."""
    kind = change.item.kind
    if kind == "comment":
        return "cosmetic"
    if change.word == "missing":
        return "breaking" if kind in NEEDED or _is_unique(change) else "change"
    if change.word == "unexpected":
        return "breaking" if kind == "column" and not is_compatible(change) else "change"
    if any(_breaks(kind, name, fact) for name, fact in change.facts.items()):
        return "breaking"
    return "cosmetic" if change.facts.keys() <= COSMETIC.get(kind, set()) else "change"


def is_compatible(change: Change, enums: frozenset[str] = frozenset()) -> bool:
    """Tell whether a model of the expected side can still read and write; `enums` are the names of expected types.

    >>> is_wider("app.status", "text"), is_wider("app.status", "text", frozenset({"app.status"}))
    (False, True)
    """
    kind, item = change.item.kind, change.item
    if change.word == "missing":
        return kind in UNSPOKEN or (kind in ("index", "constraint") and not _is_unique(change))
    if change.word == "unexpected":
        if isinstance(item, Column):
            return item.nullable or any((item.default, item.identity, item.generated))
        return item.permissive if isinstance(item, Policy) else True
    if kind == "column":
        return all(_column_works(name, fact, enums) for name, fact in change.facts.items())
    return not any(_stops(kind, name, fact) for name, fact in change.facts.items())


def _is_unique(change: Change) -> bool:
    """Tell whether ``on conflict`` may lean on it."""
    match change.item:
        case Constraint(type=type_):
            return type_ in ("primary key", "unique")
        case Index(unique=unique):
            return unique
    return False


def _breaks(kind: str, name: str, fact: Fact) -> bool:
    match name:
        case "type" if kind == "column":
            return not is_wider(fact.expected, fact.actual)
        case "default" | "owned_by":
            return fact.actual is None
        case "enabled" | "triggers":
            return fact.actual in OFF
        case "partitions":
            return any(text.startswith(OFF) for text in set(fact.actual) - set(fact.expected))
        case "labels":
            return not set(fact.expected) <= set(fact.actual)
        case "privileges":
            return bool(lost(fact))
        case "config":
            return any(setting.startswith("search_path=") for setting in set(fact.expected) - set(fact.actual))
    if name in PROMISES.get(kind, set()):
        return bool(fact.expected) and not fact.actual
    return name in BREAKING.get(kind, set())


def _column_works(name: str, fact: Fact, enums: frozenset[str]) -> bool:
    match name:
        case "type":
            return is_wider(fact.expected, fact.actual, enums)
        case "nullable" | "generated":
            return False
        case "default":
            return fact.actual is not None
        case "identity":
            return (fact.expected, fact.actual) == ("always", "by default")
    return True


def _stops(kind: str, name: str, fact: Fact) -> bool:
    match (kind, name):
        case ("privilege", "privileges"):
            return bool(lost(fact))
        case ("table", "row_security"):
            return bool(fact.actual)
        case ("index", "unique" | "valid"):
            return name == "unique" and not fact.actual
        case ("constraint", "type" | "columns"):
            return True
    return name in NOTICED.get(kind, set())


def is_wider(narrow: str, wide: str, enums: frozenset[str] = frozenset()) -> bool:
    """Tell whether every value of the first type goes through the second and back; a label does through text.

    >>> is_wider("character varying(10)", "text"), is_wider("bigint", "integer")
    (True, False)
    """
    if narrow in enums:
        return wide in ("text", "character varying")
    mine, yours = TYPE.match(narrow), TYPE.match(wide)
    if mine is None or yours is None or yours[1] not in WIDER.get(mine[1], ()):
        return False
    return all(_at_least(here, there) for here, there in zip(_sizes(mine), _sizes(yours), strict=True))


def _sizes(parts: re.Match[str]) -> tuple[int | None, int | None]:
    """Return digits before and after the point, or the length; None is without limit."""
    if parts[1] != "numeric":
        return (int(parts[2]) if parts[2] else None), None
    return (int(parts[2]) - int(parts[3]), int(parts[3])) if parts[2] else (None, None)


def _at_least(mine: int | None, yours: int | None) -> bool:
    return yours is None or (mine is not None and mine <= yours)
