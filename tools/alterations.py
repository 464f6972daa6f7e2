"""The statement that gives an object back the facts it should have, where one statement can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from typing import Any

from tools import kinds, rarities
from tools.changes import Fact
from tools.creations import constraint, join, literal, policy_parts, routine, split
from tools.kinds import Object

Facts = Mapping[str, Fact]
Action = Callable[[Any, Any], Iterable[str]]  # from what is expected and what is there; nothing where there is no way

SWITCHES = {"origin": "enable", "disabled": "disable", "replica": "enable replica", "always": "enable always"}


@singledispatch
def alter(expected: Object, facts: Facts) -> str | None:  # noqa: ARG001 (the kinds that no statement alters)
    """Return the statement that brings all of these facts back; the owner is not among them."""
    return None


def statement(start: str, actions: Iterable[str]) -> str | None:
    """Return the start with its actions; None where there is none."""
    text = ", ".join(actions)
    return f"{start} {text}" if text else None


def _actions(facts: Facts, known: Mapping[str, Action]) -> list[str]:
    """Return an action or more for each fact; nothing where some fact has none."""
    found = [list(known[name](fact.expected, fact.actual)) if name in known else [] for name, fact in facts.items()]
    return [action for actions in found for action in actions] if all(found) else []


def _parameters(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
    """Return what sets and resets storage parameters."""
    chosen = [option for option in expected if option not in actual]
    gone = sorted(_names(actual) - _names(expected))
    return [*([f"reset ({', '.join(gone)})"] if gone else []), *([f"set ({', '.join(chosen)})"] if chosen else [])]


def _foreign(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
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


def _identity(expected: str | None, actual: str | None) -> list[str]:
    if expected is None:
        return ["drop identity"]
    return [f"set generated {expected}" if actual else f"add generated {expected} as identity"]


COLUMN: dict[str, Action] = {
    "identity": _identity,
    "nullable": lambda expected, _: ["drop not null" if expected else "set not null"],
    "default": lambda expected, _: [f"set default {expected}" if expected else "drop default"],
    "storage": lambda expected, _: [f"set storage {expected}"] if expected else [],  # default: since PostgreSQL 16
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
PUBLICATION: dict[str, Action] = {
    "publish": lambda expected, _: [f"publish = {literal(', '.join(expected))}"],
    "via_partition_root": lambda expected, _: [f"publish_via_partition_root = {str(expected).lower()}"],
    "generated_columns": lambda expected, _: [f"publish_generated_columns = {expected or 'none'}"],
}
SETTABLE = ("receive", "send", "typmod_in", "typmod_out", "analyze", "subscript", "storage")
SUBSCRIPTION: dict[str, Action] = {
    "slot": lambda expected, _: [f"slot_name = {expected or 'none'}"],
    **{
        name: lambda expected, _, name=name: [f"{name} = {str(expected).lower()}"]  # type: ignore[misc] # of a mapping
        for name in (
            *("binary", "streaming", "disable_on_error", "synchronous_commit", "password_required", "run_as_owner"),
            "origin",
        )
    },
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
    if "partition_of" in facts:
        parent, bound = facts["partition_of"].actual, expected.partition_bound
        if expected.partition_of is None:
            return f"alter table {parent} detach partition {expected.name}"
        return f"alter table {expected.partition_of} attach partition {expected.name} {bound}"
    if facts.keys() == {"inherits"}:
        there, here = facts["inherits"].actual, expected.inherits
        words = [f"no inherit {name}" for name in there if name not in here]
        words += [f"inherit {name}" for name in here if name not in there]
        return statement(f"alter table {expected.name}", words)
    return statement(f"alter table {expected.name}", _actions(facts, TABLE))


@alter.register
def _(expected: kinds.Column, facts: Facts) -> str | None:
    known = COLUMN | {"options": _foreign} if expected.parents[0].startswith("foreign ") else COLUMN
    rest = {name: fact for name, fact in facts.items() if name not in ("type", "collation")}
    actions = _actions(rest, known)
    if bool(actions) != bool(rest) or expected.generated:
        return None
    if rest != facts:
        actions.insert(0, join(f"type {expected.type}", expected.collation and f"collate {expected.collation}"))
    return statement(f"alter {expected.parents[0]}", (f"alter column {expected.label} {action}" for action in actions))


@alter.register
def _(expected: kinds.Constraint, facts: Facts) -> str | None:
    if facts.keys() == {"validated"} and expected.validated:
        return f"alter {expected.parents[0]} validate constraint {expected.label}"
    if facts.keys() <= INDEX.keys():
        index = f"{split(expected.container)[0]}.{expected.label}"
        return statement(f"alter index {index}", _actions(facts, INDEX))
    if facts.keys() == {"clustered"}:
        word = f"cluster on {expected.label}" if expected.clustered else "set without cluster"
        return f"alter {expected.parents[0]} {word}"
    if expected.clustered or "triggers" in facts:
        return None
    return f"alter {expected.parents[0]} drop constraint {expected.label}, add {constraint(expected)}"


@alter.register
def _(expected: kinds.Index, facts: Facts) -> str | None:
    if facts.keys() == {"valid"} and expected.valid:
        return f"reindex index concurrently {expected.name}"
    if facts.keys() == {"clustered"}:
        word = f"cluster on {split(expected.name)[1]}" if expected.clustered else "set without cluster"
        return f"alter table {expected.table} {word}"
    return statement(f"alter index {expected.name}", _actions(facts, INDEX))


@alter.register
def _(expected: kinds.Trigger, facts: Facts) -> str | None:
    if facts.keys() == {"enabled"}:
        return f"alter table {expected.container} {SWITCHES[expected.enabled]} trigger {expected.label}"
    if facts.keys() == {"partitions"}:
        return _in_a_partition(expected, facts["partitions"])
    if not expected.definition.startswith("CREATE TRIGGER ") or "enabled" in facts or expected.enabled != "origin":
        return None
    return expected.definition.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1)


def _in_a_partition(expected: kinds.Trigger, fact: Fact) -> str | None:
    """Return what switches the copy in the one partition that differs."""
    apart = set(fact.expected) ^ set(fact.actual)
    tables = {text.partition(" in ")[2] for text in apart}
    if len(tables) != 1:
        return None
    state = next((text.partition(" in ")[0] for text in fact.expected if text in apart), expected.enabled)
    return f"alter table {tables.pop()} {SWITCHES[state]} trigger {expected.label}"


@alter.register
def _(expected: rarities.BaseType, facts: Facts) -> str | None:
    if not facts.keys() <= set(SETTABLE) or ("storage" in facts and expected.storage == "plain"):
        return None  # nothing becomes plain again
    words = ", ".join(f"{name} = {fact.expected or 'none'}" for name, fact in facts.items())
    return f"alter type {expected.name} set ({words})"


@alter.register
def _(expected: rarities.Subscription, facts: Facts) -> str | None:
    if facts.keys() == {"enabled"}:
        return f"alter subscription {expected.name} {'enable' if expected.enabled else 'disable'}"
    words = _actions(facts, SUBSCRIPTION)
    return f"alter subscription {expected.name} set ({', '.join(words)})" if words else None


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
        options = f" with ({', '.join(expected.options)})" if expected.options else ""
        return f"create or replace view {expected.name}{options} as {expected.definition.strip().rstrip(';')}"
    changes = _actions(facts, {"options": _parameters})
    return f"alter view {expected.name} {changes[0]}" if len(changes) == 1 else None


@alter.register
def _(expected: kinds.MaterializedView, facts: Facts) -> str | None:
    known = {name: TABLE[name] for name in ("options", "tablespace", "access_method")}
    return statement(f"alter materialized view {expected.name}", _actions(facts, known))


@alter.register
def _(expected: kinds.Sequence, facts: Facts) -> str | None:
    if facts.keys() == {"unlogged"}:
        return f"alter sequence {expected.name} set {'unlogged' if expected.unlogged else 'logged'}"
    words = _actions({name: fact for name, fact in facts.items() if name != "owner"}, SEQUENCE)
    return f"alter sequence {expected.name} {' '.join(words)}" if words else None


@alter.register
def _(expected: kinds.Enum, facts: Facts) -> str | None:
    here, there = expected.labels, facts["labels"].actual
    lacking, extra = [x for x in here if x not in there], [x for x in there if x not in here]
    if len(lacking) != 1 or tuple(x for x in here if x in there) != tuple(x for x in there if x in here):
        return None
    place = here.index(lacking[0])
    if len(extra) == 1 and there.index(extra[0]) == place:
        return f"alter type {expected.name} rename value {literal(extra[0])} to {literal(lacking[0])}"
    after = f" before {literal(here[place + 1])}" if place + 1 < len(here) else ""
    return None if extra else f"alter type {expected.name} add value {literal(lacking[0])}{after}"


@alter.register
def _(expected: kinds.Domain, facts: Facts) -> str | None:
    if len(facts) > 1 or facts.keys() & {"type", "collation"}:
        return None
    changes = _actions(facts, {"nullable": COLUMN["nullable"], "default": COLUMN["default"], "constraints": _checks})
    return f"alter domain {expected.name} {changes[0]}" if len(changes) == 1 else None


def _checks(expected: tuple[str, ...], actual: tuple[str, ...]) -> list[str]:
    added = [f"add constraint {text}" for text in expected if text not in actual]
    return added + [f"drop constraint {text.partition(' CHECK ')[0]}" for text in actual if text not in expected]


@alter.register
def _(expected: kinds.CompositeType, facts: Facts) -> str | None:
    here, there = expected.attributes, facts["attributes"].actual
    if here[: len(there)] == there:
        return statement(f"alter type {expected.name}", (f"add attribute {text}" for text in here[len(there) :]))
    if there[: len(here)] == here:
        gone = (text.partition(" ")[0] for text in there[len(here) :])
        return statement(f"alter type {expected.name}", (f"drop attribute {name}" for name in gone))
    return None


@alter.register
def _(expected: kinds.Policy, facts: Facts) -> str | None:
    lost = any(name in facts and facts[name].expected is None for name in ("using", "check"))
    if lost or facts.keys() & {"command", "permissive"} or "(owner)" in expected.roles:
        return None
    return f"alter policy {expected.label} on {expected.container} {policy_parts(expected)}"


@alter.register
def _(expected: rarities.Statistics, facts: Facts) -> str | None:
    target = -1 if expected.target is None else expected.target
    return f"alter statistics {expected.name} set statistics {target}" if facts.keys() == {"target"} else None


@alter.register
def _(expected: rarities.EventTrigger, facts: Facts) -> str | None:
    switch = SWITCHES[expected.enabled]
    return f"alter event trigger {expected.name} {switch}" if facts.keys() == {"enabled"} else None


@alter.register
def _(expected: rarities.Publication, facts: Facts) -> str | None:
    changes = _actions(facts, PUBLICATION)
    return f"alter publication {expected.name} set ({', '.join(changes)})" if changes else None


@alter.register
def _(expected: rarities.ForeignTable, facts: Facts) -> str | None:
    return statement(f"alter foreign table {expected.name}", _actions(facts, {"options": _foreign}))


@alter.register
def _(expected: rarities.ForeignServer, facts: Facts) -> str | None:
    words = _actions(facts, {"version": _version, "options": _foreign})
    return f"alter server {expected.name} {' '.join(words)}" if words else None


def _version(expected: str | None, _: str | None) -> list[str]:
    return [f"version {literal(expected)}"] if expected else []


@alter.register
def _(expected: rarities.Operator, facts: Facts) -> str | None:
    if not facts.keys() <= {"restrict", "join"}:
        return None
    words = ", ".join(f"{name} = {fact.expected or 'none'}" for name, fact in facts.items())
    return f"alter operator {expected.name} set ({words})"
