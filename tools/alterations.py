"""The statement that gives an object back the facts it should have, where one statement can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from typing import Any

from tools import kinds
from tools.changes import Fact
from tools.completions import SWITCHES, not_null_name
from tools.creations import join, literal, policy_parts, routine, split
from tools.kinds import Object
from tools.severity import is_wider

Facts = Mapping[str, Fact]
Action = Callable[[Any, Any], Iterable[str]]  # from what is expected and what is there; nothing where there is no way


@singledispatch
def alter(expected: Object, facts: Facts) -> str | None:  # noqa: ARG001 (the kinds that no statement alters)
    """Return the statement that brings all of these facts back; the owner is not among them."""
    return None


def statement(start: str, actions: Iterable[str]) -> str | None:
    """Return the start with its actions; None where there is none."""
    text = ", ".join(actions)
    return f"{start} {text}" if text else None


def actions(facts: Facts, known: Mapping[str, Action]) -> list[str]:
    """Return an action or more for each fact; nothing where some fact has none."""
    found = [list(known[name](fact.expected, fact.actual)) if name in known else [] for name, fact in facts.items()]
    return [action for actions in found for action in actions] if all(found) else []


def _parameters(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
    """Return what sets and resets storage parameters."""
    chosen = [option for option in expected if option not in actual]
    gone = sorted(_names(actual) - _names(expected))
    return [*([f"reset ({', '.join(gone)})"] if gone else []), *([f"set ({', '.join(chosen)})"] if chosen else [])]


def foreign(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
    """Return what sets, adds and drops the options of something foreign; nothing where one is a secret."""
    if any(option.endswith("=***") for option in set(expected) ^ set(actual)):
        return []
    changed = [option.partition("=") for option in expected if option not in actual]
    words = [f"{'set' if name in _names(actual) else 'add'} {name} {literal(value)}" for name, _, value in changed]
    words += [f"drop {name}" for name in sorted(_names(actual) - _names(expected))]
    return [f"options ({', '.join(words)})"]


def _names(options: tuple[str, ...]) -> set[str]:
    return {option.partition("=")[0] for option in options}


TABLE: dict[str, Action] = {
    "unlogged": lambda expected, _: ["set unlogged" if expected else "set logged"],
    "row_security": lambda expected, _: [f"{'enable' if expected else 'disable'} row level security"],
    "force_row_security": lambda expected, _: [f"{'' if expected else 'no '}force row level security"],
    "replica_identity": lambda expected, _: [f"replica identity {expected}"],
    "access_method": lambda expected, _: [f"set access method {expected or 'heap'}"],
    "tablespace": lambda expected, _: [f"set tablespace {expected or 'pg_default'}"],
    "options": _parameters,
}

INDEX = {name: TABLE[name] for name in ("options", "tablespace")}


def _identity_options(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
    """Return what sets the options of an identity's sequence; what is not among them is as PostgreSQL chooses."""
    plain = {"start": "start 1", "increment": "increment 1", "cache": "cache 1", "cycle": "no cycle"}
    plain |= {"minvalue": "no minvalue", "maxvalue": "no maxvalue"}
    gone = {text.partition(" ")[0] for text in actual} - {text.partition(" ")[0] for text in expected}
    return [f"set {text}" for text in (*(plain[name] for name in sorted(gone)), *expected)]


def _identity(expected: str | None, actual: str | None) -> list[str]:
    if expected is None:
        return ["drop identity"]
    return [f"set generated {expected}" if actual else f"add generated {expected} as identity"]


COLUMN: dict[str, Action] = {
    "identity": _identity,
    "identity_options": _identity_options,
    "nullable": lambda expected, _: ["drop not null" if expected else "set not null"],
    "default": lambda expected, _: [f"set default {expected}" if expected else "drop default"],
    "storage": lambda expected, _: [f"set storage {expected or 'default'}"],  # default: since PostgreSQL 16
    "compression": lambda expected, _: [f"set compression {expected or 'default'}"],
    "statistics": lambda expected, _: [f"set statistics {-1 if expected is None else expected}"],
    "options": _parameters,
}
SEQUENCE: dict[str, Action] = {
    "type": lambda expected, _: [f"as {expected}"],
    "increment": lambda expected, _: [f"increment by {expected}"],
    "minimum": lambda expected, _: [f"minvalue {expected}"],
    "maximum": lambda expected, _: [f"maxvalue {expected}"],
    "start": lambda expected, _: [f"start with {expected}"],
    "cache": lambda expected, _: [f"cache {expected}"],
    "cycle": lambda expected, _: ["cycle" if expected else "no cycle"],
    "owned_by": lambda expected, _: [f"owned by {expected or 'none'}"],
}


@alter.register
def _(expected: kinds.Extension, facts: Facts) -> str | None:
    if len(facts) > 1 or ("version" in facts and _number(expected.version) < _number(facts["version"].actual)):
        return None
    word = f"update to {literal(expected.version)}" if "version" in facts else f"set schema {expected.schema}"
    return f"alter extension {expected.name} {word}"


def _number(version: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", version)]


@alter.register
def _(expected: kinds.Table, facts: Facts) -> str | None:
    if facts.keys() == {"partition_bound"}:
        family = f"alter table {expected.partition_of}"
        words = f"attach partition {expected.name} {expected.partition_bound}"
        return f"{family} detach partition {expected.name};\n{family} {words}"
    if facts.keys() == {"detach_pending"} and expected.partition_of:
        family = f"alter table {expected.partition_of}"
        words = f"attach partition {expected.name} {expected.partition_bound}"
        return f"{family} detach partition {expected.name} finalize;\n{family} {words}"
    if facts.keys() == {"of_type"}:
        return f"alter table {expected.name} {f'of {expected.of_type}' if expected.of_type else 'not of'}"
    if "partition_of" in facts:
        former, parent, bound = facts["partition_of"].actual, expected.partition_of, expected.partition_bound
        turns = [f"alter table {former} detach partition {expected.name}"] if former else []
        turns += [f"alter table {parent} attach partition {expected.name} {bound}"] if parent else []
        return ";\n".join(turns)
    if facts.keys() == {"inherits"}:
        there, here = facts["inherits"].actual, expected.inherits
        turns = [f"no inherit {name}" for name in there if name not in here]
        turns += [f"inherit {name}" for name in here if name not in there]
        return statement(f"alter table {expected.name}", turns)
    return statement(f"alter table {expected.name}", actions(facts, TABLE))


@alter.register
def _(expected: kinds.Column, facts: Facts) -> str | None:
    known = COLUMN | {"options": foreign} if expected.parents[0].startswith("foreign ") else COLUMN
    start = f"alter {expected.parents[0]}"
    if facts.keys() == {"not_null"}:
        here, there = (not_null_name(expected, name) for name in (expected.not_null, facts["not_null"].actual))
        return f"{start} rename constraint {there} to {here}" if here and there else None
    if facts.keys() <= {"generated", "expression"} and expected.generated is None:
        return f"{start} alter column {expected.label} drop expression"
    if facts.keys() & {"not_null", "generated", "expression"}:
        return None
    if not facts.keys().isdisjoint({"type", "collation"}):
        return _retype(expected, facts, start)
    text = statement(start, (f"alter column {expected.label} {action}" for action in actions(facts, known)))
    is_new = text and expected.identity and "identity" in facts and facts["identity"].actual is None
    return f"{text};\n{_behind(expected)}" if is_new else text


def _behind(column: kinds.Column) -> str:
    """Return what sets a new identity's sequence behind the values that are there."""
    label = column.label.strip('"').replace('""', '"') if column.label.startswith('"') else column.label
    sequence = f"pg_catalog.pg_get_serial_sequence({literal(column.container)}, {literal(label)})"
    values = f"(select pg_catalog.max({column.label}) from {column.container})"  # noqa: S608 (PostgreSQL's own names)
    return f"select pg_catalog.setval({sequence}, {values})"


def _retype(expected: kinds.Column, facts: Facts, start: str) -> str | None:
    """Return the change of a type; the default steps aside, because it may not follow by itself."""
    rest = {name: fact for name, fact in facts.items() if name not in ("type", "collation", "default")}
    more = actions(rest, COLUMN)
    if bool(more) != bool(rest) or expected.generated:
        return None
    type_ = facts.get("type")
    # a table with a foreign child takes no using (ATPrepAlterColumnType), and a wider type needs none
    is_cast = type_ is not None and start.startswith("alter table") and not is_wider(type_.actual, type_.expected)
    using = f"using {expected.label}{_path(type_)}::{expected.type}" if type_ and is_cast else None
    words = join(f"type {expected.type}", expected.collation and f"collate {expected.collation}", using)
    turns: list[str] = ["drop default", words, f"set default {expected.default}"] if expected.default else [words]
    if "default" in facts and not expected.default:
        turns.insert(0, "drop default")
    return ";\n".join(f"{start} alter column {expected.label} {turn}" for turn in (*turns, *more))


# Between the types of a line PostgreSQL has casts (pg_cast.dat), and from and to text of each; of others by text alone
CASTS = (
    ("smallint", "integer", "bigint", "numeric", "real", "double precision"),
    ("integer", "boolean"),
    ("timestamp without time zone", "timestamp with time zone", "date"),
    ("time without time zone", "time with time zone"),
    ("time without time zone", "interval"),
    ("json", "jsonb"),
    ("inet", "cidr"),
    ("bit", "bit varying"),
    ("macaddr", "macaddr8"),
)
TEXTS = frozenset(("text", "character varying", "character", '"char"', "name"))


def _path(type_: Fact) -> str:
    """Return what stands between a value and its new type where there is no cast from the old one."""
    mine, yours = (re.sub(r"\([\d,]+\)", "", text) for text in (type_.expected, type_.actual))
    if mine.endswith("[]") == yours.endswith("[]"):
        mine, yours = mine.removesuffix("[]"), yours.removesuffix("[]")
    has_cast = mine == yours or TEXTS & {mine, yours} or any(mine in line and yours in line for line in CASTS)
    return "" if has_cast else "::text"


@alter.register
def _(expected: kinds.Constraint, facts: Facts) -> str | None:
    if facts.keys() == {"validated"} and expected.validated:
        return f"alter {expected.parents[0]} validate constraint {expected.label}"
    if facts.keys() <= INDEX.keys():
        index = f"{split(expected.container)[0]}.{expected.label}"
        return statement(f"alter index {index}", actions(facts, INDEX))
    if facts.keys() == {"clustered"}:
        word = f"cluster on {expected.label}" if expected.clustered else "set without cluster"
        return f"alter {expected.parents[0]} {word}"
    if facts.keys() <= {"deferrable", "deferred"} and expected.type == "foreign key":  # of others PostgreSQL cannot
        start = "deferred" if expected.deferred else "immediate"
        when = f"deferrable initially {start}" if expected.deferrable else "not deferrable"
        return f"alter {expected.parents[0]} alter constraint {expected.label} {when}"
    return None


@alter.register
def _(expected: kinds.Index, facts: Facts) -> str | None:
    if facts.keys() == {"valid"} and expected.valid:
        return f"reindex index concurrently {expected.name}"
    if facts.keys() == {"clustered"}:
        word = f"cluster on {split(expected.name)[1]}" if expected.clustered else "set without cluster"
        return f"alter table {expected.table} {word}"
    return statement(f"alter index {expected.name}", actions(facts, INDEX))


@alter.register
def _(expected: kinds.Trigger, facts: Facts) -> str | None:
    if facts.keys() == {"enabled"}:
        return f"alter table {expected.container} {SWITCHES[expected.enabled]} trigger {expected.label}"
    if facts.keys() == {"partitions"}:
        return _in_partitions(expected, facts["partitions"])
    if not expected.definition.startswith("CREATE TRIGGER ") or "enabled" in facts or expected.enabled != "origin":
        return None
    return expected.definition.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1)


def _in_partitions(expected: kinds.Trigger, fact: Fact) -> str:
    """Return what switches the copies that differ, each in its partition."""
    states = {table: state for state, _, table in (text.partition(" in ") for text in fact.expected)}
    tables = sorted({text.partition(" in ")[2] for text in set(fact.expected) ^ set(fact.actual)})
    switches = ((table, SWITCHES[states.get(table, expected.enabled)]) for table in tables)
    return ";\n".join(f"alter table {table} {switch} trigger {expected.label}" for table, switch in switches)


@alter.register
def _(expected: kinds.Rule, facts: Facts) -> str | None:
    if facts.keys() == {"enabled"}:
        is_table = expected.parents[0].startswith("table ")
        return f"alter {expected.parents[0]} {SWITCHES[expected.enabled]} rule {expected.label}" if is_table else None
    if "enabled" in facts or expected.enabled != "origin":
        return None
    return expected.definition.replace("CREATE RULE", "CREATE OR REPLACE RULE", 1).rstrip(";")


@alter.register
def _(expected: kinds.Function, facts: Facts) -> str | None:
    text = routine(expected)
    if text is None or facts.keys() & {"routine", "returns", "aggregate"}:
        return None
    arguments = facts.get("arguments")
    if arguments and re.sub(" DEFAULT .*", "", arguments.expected) != re.sub(" DEFAULT .*", "", arguments.actual):
        return None
    return f"create or replace {'procedure' if expected.routine == 'procedure' else 'function'} {text}"


@alter.register
def _(expected: kinds.View, facts: Facts) -> str | None:
    if facts.keys() == {"definition"}:
        if _columns(facts["definition"].expected) != _columns(facts["definition"].actual):
            return None
        options = f" with ({', '.join(expected.options)})" if expected.options else ""
        return f"create or replace view {expected.name}{options} as {expected.definition.strip().rstrip(';')}"
    changes = actions(facts, {"options": _parameters})
    return ";\n".join(f"alter view {expected.name} {change}" for change in changes) or None


def _columns(definition: str) -> str | None:
    """Return what a view selects, as far as that can be cut out; what is the same gives the same columns."""
    selected, found, _ = definition.partition("\n   FROM ")
    return selected if found and selected.startswith(" SELECT ") and "UNION" not in definition else definition


@alter.register
def _(expected: kinds.MaterializedView, facts: Facts) -> str | None:
    known = {name: TABLE[name] for name in ("options", "tablespace", "access_method")}
    return statement(f"alter materialized view {expected.name}", actions(facts, known))


@alter.register
def _(expected: kinds.Sequence, facts: Facts) -> str | None:
    if facts.keys() == {"unlogged"}:
        return f"alter sequence {expected.name} set {'unlogged' if expected.unlogged else 'logged'}"
    words = actions({name: fact for name, fact in facts.items() if name != "owner"}, SEQUENCE)
    return f"alter sequence {expected.name} {' '.join(words)}" if words else None


@alter.register
def _(expected: kinds.Enum, facts: Facts) -> str | None:
    here, there = expected.labels, facts["labels"].actual
    start = f"alter type {expected.name}"
    if len(here) == len(there):
        renamed = [(old, new) for old, new in zip(there, here, strict=True) if old != new]
        if set(dict(renamed)) & set(here):
            return None
        return ";\n".join(f"{start} rename value {literal(old)} to {literal(new)}" for old, new in renamed)
    if tuple(x for x in here if x in there) != there:
        return None
    places = ((label, here[:at]) for at, label in enumerate(here) if label not in there)
    return ";\n".join(
        f"{start} add value {literal(label)}"
        + (f" after {literal(before[-1])}" if before else f" before {literal(there[0])}")
        for label, before in places
    )


@alter.register
def _(expected: kinds.Domain, facts: Facts) -> str | None:
    if len(facts) > 1 or facts.keys() & {"type", "collation"}:
        return None
    changes = actions(facts, {"nullable": COLUMN["nullable"], "default": COLUMN["default"], "constraints": _checks})
    return ";\n".join(f"alter domain {expected.name} {change}" for change in changes) or None


def _checks(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
    gone = [f"drop constraint {text.partition(' CHECK ')[0]}" for text in actual if text not in expected]
    return gone + [f"add constraint {text}" for text in expected if text not in actual]


@alter.register
def _(expected: kinds.CompositeType, facts: Facts) -> str | None:
    """Drop and add from the first attribute that differs: nothing moves one to another place."""
    here, there = expected.attributes, facts["attributes"].actual
    same = next((at for at, (mine, yours) in enumerate(zip(here, there, strict=False)) if mine != yours), None)
    same = min(len(here), len(there)) if same is None else same
    words = [f"drop attribute {text.partition(' ')[0]}" for text in there[same:]]
    words += [f"add attribute {text}" for text in here[same:]]
    return ";\n".join(f"alter type {expected.name} {word}" for word in words) or None


@alter.register
def _(expected: kinds.Policy, facts: Facts) -> str | None:
    lost = any(name in facts and facts[name].expected is None for name in ("using", "check"))
    if lost or facts.keys() & {"command", "permissive"}:
        return None
    return f"alter policy {expected.label} on {expected.container} {policy_parts(expected)}"
